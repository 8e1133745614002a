import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import packageFile from '../../package.json' with { type: 'json' }

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')
let folder: string
let environment: NodeJS.ProcessEnv

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferry-package-'))
  environment = { ...process.env, npm_config_cache: undefined, npm_config_ignore_scripts: 'true' }
  // Built already; packing must not write to dist/ while other tests run it.
  const pack = ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder]
  await run('npm', pack, { cwd: root, env: environment })
  const [tarball = ''] = await readdir(folder)
  await run('npm', ['init', '--yes'], { cwd: folder, env: environment })
  const install = ['install', '--omit=dev', '--no-audit', '--no-fund', `./${tarball}`]
  await run('npm', install, { cwd: folder, env: environment })
}, 180_000)

afterAll(() => rm(folder, { recursive: true, force: true }))

test('the package installs in an empty folder, and its ferry runs', async () => {
  const { stdout } = await run('npx', ['ferry', '--version'], { cwd: folder, env: environment })
  expect(stdout).toBe(`${packageFile.version}\n`)
})

test('it holds what runs and what is read, not what built it', async () => {
  const home = join(folder, 'node_modules/ferry')
  expect((await readdir(home)).sort()).toEqual(
    ['CHANGELOG.md', 'LICENSE', 'README.md', 'bin', 'dist', 'docs', 'package.json'].sort(),
  )
  const installed = await readdir(join(folder, 'node_modules'))
  const built = Object.keys(packageFile.devDependencies).filter(name => installed.includes(name))
  expect(built).toEqual([])
})

test('the installed ferry makes a project, writes its rules and reads its makefile', async () => {
  const ferry = join(folder, 'node_modules/.bin/ferry')
  await run(ferry, ['init', 'shop'], { cwd: folder })
  await run(ferry, ['rules'], { cwd: join(folder, 'shop') })
  const { stdout } = await run('make', ['list-all-targets'], { cwd: join(folder, 'shop') })
  expect(stdout.split('\n')).toEqual(expect.arrayContaining(['report', 'scaffold']))
})

test('ferry/tracker comes with its builds for Node and for browsers, and with its types', async () => {
  const script = `
    import { createTracker } from 'ferry/tracker'
    const tracker = createTracker({ url: 'http://127.0.0.1:9', productVersion: '1' })
    console.log(await tracker.track('installed'))
    for (const name of ['browser', 'script']) console.log(import.meta.resolve('ferry/tracker/' + name))
    await tracker.close(0)`
  const args = ['--input-type=module', '--eval', script]
  const { stdout } = await run(process.execPath, args, { cwd: folder })
  const [nr, ...files] = stdout.trim().split('\n')
  expect(nr).toBe('1')
  for (const url of files) expect((await readFile(new URL(url), 'utf8')).length).toBeGreaterThan(0)
  const program = `
    import { createTracker, type Problem } from 'ferry/tracker'
    const onProblem = (problem: Problem): void => void problem.kind
    const tracker = createTracker({ url: '', productVersion: '1', onProblem })
    const nr: number | undefined = await tracker.track('typed', { count: 1 })
    // @ts-expect-error: no such option
    createTracker({ url: '', productVersion: String(nr), unknown: true })
    export {}`
  await writeFile(join(folder, 'program.mts'), program)
  const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'esnext']
  await run(join(root, 'node_modules/.bin/tsc'), [...flags, 'program.mts'], {
    cwd: folder,
  })
})

test('the embedded warehouse loads from the installed package', async () => {
  const ferry = join(folder, 'node_modules/.bin/ferry')
  const { stdout } = await run(ferry, ['doctor', '--json', '--offline'], { cwd: folder }).catch(
    (error: unknown) => ({ stdout: String(Object(error).stdout) }), // this machine may lack other things
  )
  expect(stdout).toContain('"what":"embedded warehouse","found":"DuckDB')
})
