import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runFerry } from '../support/run-ferry.ts'

/** To make a disk that is small takes root. */
describe.runIf(process.getuid?.() === 0)('a disk that is full', () => {
  let folder: string
  let disk: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ferry-full-'))
    disk = join(folder, 'disk')
    await mkdir(disk)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk])
  })
  afterAll(async () => {
    execFileSync('umount', [disk])
    await rm(folder, { recursive: true })
  })

  test.each([
    ['get at once', 'get', 6_000_000],
    ['get in parts', 'get', 30_000_000],
    ['cp', 'cp', 6_000_000],
  ])('%s: exit 74, what to do, and no half file', async (_, command, size) => {
    await writeFile(join(folder, 'large'), Buffer.alloc(size, 'x'))
    const { code, stderr } = await runFerry([command, 'large', 'disk/out'], { cwd: folder })
    expect(stderr).toContain(`cannot write \`${disk}/out\`: no space left on the disk`)
    expect(stderr).toContain('hint: free some space')
    expect([code, await readdir(disk)]).toEqual([74, []])
  })
})
