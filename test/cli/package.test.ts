import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
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

test('the embedded warehouse loads from the installed package', async () => {
  const ferry = join(folder, 'node_modules/.bin/ferry')
  const { stdout } = await run(ferry, ['doctor', '--json', '--offline'], { cwd: folder }).catch(
    (error: unknown) => ({ stdout: String(Object(error).stdout) }), // this machine may lack other things
  )
  expect(stdout).toContain('"what":"embedded warehouse","found":"DuckDB')
})
