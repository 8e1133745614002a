import { spawnSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'

const ferry = join(import.meta.dirname, '../../bin/ferry')
let project: string

beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), 'ferry-doctor-test-'))
  await writeFile(join(project, 'ferry.yaml'), 'warehouses: { hot: "duckdb:./w.duckdb" }\n')
})

interface Item {
  readonly state: string
  readonly what: string
  readonly found: string
  readonly remedy: string
}

function doctor(environment: Record<string, string> = {}, ...args: string[]) {
  const { stdout, status, stderr } = spawnSync(ferry, ['doctor', '--json', ...args], {
    cwd: project,
    env: { ...process.env, ...environment },
    encoding: 'utf8',
  })
  const items: Item[] = stdout
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as Item) // printed by the command itself
  return { status, stderr, item: (what: string) => items.find(one => one.what === what) }
}

/** A folder for the PATH with a program of another kind. */
async function impostor(name: string, script: string): Promise<string> {
  const bin = join(project, 'bin')
  await mkdir(bin)
  await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`)
  await chmod(join(bin, name), 0o755)
  return `${bin}:${process.env['PATH']}`
}

test('a machine that runs these tests has all it needs', () => {
  const { status, item } = doctor({ LANG: 'C.UTF-8' })
  expect(status).toBe(0)
  const needed = ['GNU make 4.3', 'bash 5.1', 'Node 24', 'coreutils', '/proc', 'embedded warehouse']
  for (const what of [...needed, 'ferry.yaml', 'warehouse hot', 'Unix sockets', 'clock']) {
    expect(item(what)).toMatchObject({ state: 'ok', remedy: '' })
  }
})

test.each([
  ['GNU make 4.3', 'make', 'echo "GNU Make 3.81"', '3.81: too old, as macOS ships it'],
  ['GNU make 4.3', 'make', 'echo "GNU Make 4.2.1"', '4.2.1: too old'],
  [
    'GNU make 4.3',
    'make',
    'echo "make: unknown option" >&2; exit 2',
    "another system's make (BSD, perhaps)",
  ],
  ['bash 5.1', 'bash', 'echo "3.2.57(1)-release "', '3.2.57(1)-release: too old'],
  ['coreutils', 'date', 'exit 1', 'date or tee is not of GNU coreutils'],
])('%s: %s that does %s', async (what, name, script, found) => {
  const { status, item } = doctor({ PATH: await impostor(name, script) })
  expect(item(what)).toMatchObject({ state: 'missing', found })
  expect(item(what)?.remedy).not.toBe('')
  expect(status).toBe(78)
})

test('a database that is away is 69, and its password is not shown', async () => {
  const url = 'postgres://etl:hush@127.0.0.1:1/dw'
  await writeFile(join(project, 'ferry.yaml'), `warehouses: { cold: "${url}" }\n`)
  const { status, item } = doctor()
  expect(item('warehouse cold')).toMatchObject({ state: 'missing' })
  expect(JSON.stringify(item('warehouse cold'))).not.toContain('hush')
  expect(status).toBe(69)
  expect(doctor({}, '--offline').status).toBe(0)
})

test('a wrong ferry.yaml is named with its line', async () => {
  await writeFile(join(project, 'ferry.yaml'), 'name: x\nrnu: {}\n')
  const { status, item } = doctor()
  expect(item('ferry.yaml')?.found).toContain('ferry.yaml:2:1: unknown key `rnu`')
  expect(status).toBe(78)
})

test('a hook that is not executable is a warning', async () => {
  await mkdir(join(project, 'hooks'))
  await writeFile(join(project, 'hooks/before-command-notify'), '')
  await writeFile(join(project, 'hooks/README.md'), '')
  const { status, item } = doctor()
  expect(item('hooks')).toMatchObject({
    state: 'warning',
    remedy: 'chmod +x hooks/before-command-notify',
  })
  expect(status).toBe(0)
})

test('a path too long for a socket is found', async () => {
  project = join(project, 'long'.repeat(30))
  await mkdir(project)
  await writeFile(join(project, 'ferry.yaml'), '')
  expect(doctor().item('Unix sockets')).toMatchObject({ state: 'missing' })
})
