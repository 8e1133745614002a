import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const run = promisify(execFile)
const ferry = join(import.meta.dirname, '../../bin/ferry')
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferry-init-'))
})

test('init says what it made and names the next commands', async () => {
  const { stdout } = await run(ferry, ['init', 'my project'], { cwd: folder })
  expect(stdout).toContain('made  ferry.yaml\nmade  makefile\n')
  expect(stdout).toMatch(/\nnext:\n {2}cd 'my project'\n {2}ferry run\n {2}cat .*\n$/)
  expect(await readFile(join(folder, 'my project/ferry.yaml'), 'utf8')).toContain(
    'name: "my project"',
  )
  expect((await stat(join(folder, 'my project/scripts/report.sh'))).mode & 0o111).toBe(0o111)
})

test('init never overwrites, and says which files it kept', async () => {
  await run(ferry, ['init', 'kept'], { cwd: folder })
  await writeFile(join(folder, 'kept/makefile'), 'mine')
  const { stdout } = await run(ferry, ['init', '.', '--name', 'other'], {
    cwd: join(folder, 'kept'),
  })
  expect(stdout).toContain('kept  makefile (it was there)\n')
  expect(stdout).not.toContain('made')
  expect(await readFile(join(folder, 'kept/makefile'), 'utf8')).toBe('mine')
})

test('a file where the folder is to be is a clear error', async () => {
  await writeFile(join(folder, 'file'), '')
  const failing = run(ferry, ['init', 'file/x'], { cwd: folder })
  await expect(failing).rejects.toMatchObject({
    code: 64,
    stderr: expect.stringContaining('a file stands where the folder'),
  })
})

describe('a new project', () => {
  let project: string
  beforeAll(async () => {
    await run(ferry, ['init', 'fresh'], { cwd: folder })
    project = join(folder, 'fresh')
    await run(ferry, ['run', '--date', '2026-03-01'], { cwd: project })
  })
  afterAll(() => run(ferry, ['warehouse', 'stop'], { cwd: project }))

  test('runs its night', async () => {
    const report = await readFile(join(project, 'results/2026-03-01/report.txt'), 'utf8')
    expect(report.split('\n')).toHaveLength(5)
    const csv = await readFile(join(project, 'results/2026-03-01/revenue_by_day.csv'), 'utf8')
    expect(csv).toMatch(/^day,orders,revenue\n2026-01-31,/)
  })

  test('has no findings', async () => {
    expect((await run(ferry, ['lint', '--strict'], { cwd: project })).stdout).toBe('')
  })

  test('commits nothing that a night makes', async () => {
    await run('git', ['init', '-q'], { cwd: project })
    const { stdout } = await run('git', ['status', '--short', '-uall'], { cwd: project })
    const files = stdout
      .split('\n')
      .filter(Boolean)
      .map(line => line.slice(3))
    expect(
      files.filter(name => /^(results|logs|intermediate|\.ferry|warehouse)/.test(name)),
    ).toEqual([])
    expect(await readdir(project)).toContain('logs')
  })
})
