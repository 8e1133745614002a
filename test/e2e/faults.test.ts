/**
 * Whole nights with `ferry run` under faults of the machine and bad input: each is a clear error or
 * correct work, never a hang, never a lost line.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, symlinkSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { endOf, FERRY, type Result, TestProject, until } from '../flow/project.ts'
import { nightProcesses } from './night-processes.ts'

const DATE = '2026-03-01'
const NIGHT = ['run', '--date', DATE]
const isRoot = process.getuid?.() === 0
const cleanups: (() => void)[] = []
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean()
})

/** `ferry run` for which modes of files count: root's right to pass them over is taken away. */
function unprivileged(project: TestProject): Promise<Result> {
  if (!isRoot) return project.ferry(...NIGHT)
  const drop = '--bounding-set=-dac_override,-dac_read_search'
  return endOf(project.start('setpriv', [drop, FERRY, ...NIGHT]))
}

test.for([
  ['logs', 77, /error: no permission for `.*\/logs\/2026-03-01/],
  ['results', 1, /failed: results\/2026-03-01\/a.txt \(exit 1\)[^]*results.*Permission denied/],
  ['.ferry', 77, /error: no permission for `.*\/\.ferry\/run\.lock`/],
] as const)('a read-only folder %s: exit code %i', async ([folder, code, message]) => {
  const project = await TestProject.make(
    'all: $(RESULTS)/a.txt\n$(RESULTS)/a.txt: ; mkdir -p $(@D); echo made > $@',
    'max_attempts: 2',
  )
  expect((await project.ferry('rules')).code).toBe(0)
  const path = join(project.directory, folder)
  mkdirSync(path, { recursive: true })
  chmodSync(path, 0o555)
  cleanups.push(() => chmodSync(path, 0o755))
  const result = await unprivileged(project)
  expect(result.stderr).toMatch(message)
  expect(result.code).toBe(code)
  chmodSync(path, 0o755)
  expect(await project.ferry(...NIGHT, '--once')).toMatchObject(
    folder === 'results' ? { code: 1 } : { code: 0, stderr: '' },
  )
  expect((await project.ferry('run', '--date', '2026-03-02')).code).toBe(0)
})

test('no file may grow further (a limit, as of a quota): a clear error, and the next call goes on', async () => {
  const project = await TestProject.make(
    'all: $(RESULTS)/a.txt\n$(RESULTS)/a.txt: ; mkdir -p $(@D); seq 1000000 > $@; echo end >> $@',
    'max_attempts: 5',
  )
  const limited = `ulimit -f 1000; exec ${FERRY} ${NIGHT.join(' ')} --once`
  const result = await endOf(project.start('bash', ['-c', limited]))
  expect(result.code).toBe(1)
  expect(result.stderr).toContain('1 failed, 0 of 1 made')
  expect(project.has(`results/${DATE}/a.txt`)).toBe(false)
  const nothing = `ulimit -f 0; exec ${FERRY} ${NIGHT.join(' ')} --once`
  const none = await endOf(project.start('bash', ['-c', nothing]))
  expect(none.stderr).toMatch(
    /^ferry: error: cannot (?:lock|write) `.*`: \S.*\n {2}hint: see whether the disk is full/,
  )
  expect(none.code).toBe(74)
  expect((await project.ferry(...NIGHT, '--once')).code).toBe(0)
  expect(project.read(`results/${DATE}/a.txt`)).toMatch(/\n1000000\nend\n$/)
})

/** Puts the project on a disk of its own. */
async function onSmallDisk(makefile: string, more = ''): Promise<TestProject> {
  const project = await TestProject.make(makefile, `max_attempts: 50, ${more}`)
  const files = ['makefile', 'ferry.yaml'].map(name => [name, project.read(name)] as const)
  expect(mountSmallDisk(project.directory)).toBe(true)
  cleanups.push(() => spawnSync('umount', ['-l', project.directory]))
  for (const [name, text] of files) await project.write(name, text)
  return project
}

const mountSmallDisk = (directory: string): boolean =>
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'none', directory]).status === 0

function canMount(): boolean {
  const probe = mkdtempSync(join(tmpdir(), 'ferry-mount-'))
  const can = isRoot && mountSmallDisk(probe)
  if (can) spawnSync('umount', ['-l', probe])
  rmdirSync(probe)
  return can
}

// Where nobody may mount, the test before this one has to do.
if (canMount()) {
  test('a full disk: 74 and what to do, no half output, and when there is room the night is made', async () => {
    const { url, bodies } = await receiver(false)
    const project = await onSmallDisk(
      `all: out/a out/b
out/a: ; mkdir -p out; echo half > $@; head -c 100M /dev/zero > out/ballast || :; sleep 2; echo whole > $@
out/b: out/a ; echo b > $@; seq 100 > $@`,
      `notify: { json: '${url}' }`,
    )
    const first = await project.ferry(...NIGHT, '--once')
    expect([1, 74]).toContain(first.code)
    expect(first.stderr).toMatch(/[Nn]o space left on/)
    await sleep(100)
    expect(nightProcesses(project.directory)).toEqual([])
    const second = await project.ferry(...NIGHT, '--once')
    expect(second.code).toBe(74)
    expect(second.stderr).toMatch(
      /^ferry: error: cannot write `.*`: no space left on the disk\n {2}hint: free some space/,
    )
    expect(JSON.parse(String(bodies.at(-1)))).toMatchObject({
      event: 'night stopped',
      date: DATE,
      remarks: [expect.stringContaining('no space left'), expect.stringContaining('free some')],
    })
    await project.write('makefile', project.read('makefile').replace('100M', '1k'))
    await project.write('out/ballast', '')
    const third = await project.ferry(...NIGHT, '--once')
    expect(third).toMatchObject({ code: 0 })
    expect(project.read('out/a')).toBe('whole\n')
    expect(project.count('out/b')).toBe(100)
  })
}

test.for([
  ['no-such-program --all', 'no-such-program: command not found', 127],
  ['./scripts/none.sh', './scripts/none.sh: No such file', 127],
  ['bash scripts/none.sh', 'scripts/none.sh: No such file', 127],
  ['./scripts/plain.txt', './scripts/plain.txt: Permission denied', 126],
  ['ferry sql scripts/none.sql', '`scripts/none.sql`', 66],
] as const)('a recipe of `%s` fails for good, once', async ([command, message, code]) => {
  const project = await TestProject.make(
    `all: a b\na: ; echo x >> count; ${command}; touch $@\nb: ; touch $@`,
    'max_attempts: 3',
    { 'scripts/plain.txt': 'true\n' },
  )
  const result = await project.ferry(...NIGHT)
  expect(result.code).toBe(1)
  expect(result.stderr).toContain(`failed: a (exit ${code}, not tried again`)
  expect(result.stderr).toContain(message)
  expect(result.stderr).toContain('1 of 2 targets made, 1 failed; attempt 1 of 3')
  expect([project.count('count'), project.has('b')]).toEqual([1, true])
})

const NAMES = ['two words', `it's`, 'say "hi"', 'a$b', 'péché', '数据', 'a&b', 'x*y?', '(z)', '-d']

test('targets with every kind of sign in their names are made, logged, swept and reported', async () => {
  const inMake = (name: string): string => name.replaceAll('$', '$$$$').replaceAll(' ', '\\ ')
  const inShell = (name: string): string =>
    `'${name.replaceAll('$', '$$$$').replaceAll("'", `'\\''`)}'`
  const paths = NAMES.map(name => `out/${name}.txt`)
  const rules = paths.map(
    (path, n) =>
      `${inMake(path).replaceAll('*', '\\*').replaceAll('?', '\\?')}: ; mkdir -p out; echo half > ${inShell(path)}; echo x >> count-${n}; echo said ${n}; [ $$(wc -l < count-${n}) -ge 2 ]; echo whole > ${inShell(path)}`,
  )
  const all = paths.map(path => inMake(path).replaceAll('*', '\\*').replaceAll('?', '\\?'))
  const project = await TestProject.make(
    `all: ${all.join(' ')}\n${rules.join('\n')}`,
    'max_attempts: 9',
  )
  const first = await project.ferry(...NIGHT, '--once')
  expect(first.stderr).toContain(`${NAMES.length} failed, 0 of ${NAMES.length} made`)
  expect(paths.filter(path => project.has(path))).toEqual([])
  expect((await project.ferry(...NIGHT, '--once')).code).toBe(0)
  expect(paths.map(path => project.read(path))).toEqual(paths.map(() => 'whole\n'))
  expect(NAMES.map((_, n) => project.count(`count-${n}`))).toEqual(NAMES.map(() => 2))
  const records = project.read(`logs/${DATE}/timing_env.log`).trim().split('\n')
  const made = records.map((line): string => JSON.parse(line).target)
  // While its file is not there, make itself calls it `x\*y\?`.
  const plain = made.map(name => name.replaceAll(/\\([*?])/g, '$1'))
  expect(new Set(plain)).toEqual(new Set([...paths, 'cleanup']))
  for (const n of NAMES.keys()) await project.write(`count-${n}`, '')
  const report = await project.ferry('run', '--date', '2026-03-02', '--once')
  expect(report.code).toBe(0) // the files are there: nothing is to be made
  await project.write('ferry.yaml', 'name: test\nrun: { targets: [all], max_attempts: 1 }\n')
  spawnSync('rm', ['-rf', join(project.directory, 'out')])
  for (const n of NAMES.keys()) await project.write(`count-${n}`, '')
  const failed = await project.ferry('run', '--date', '2026-03-03')
  for (const [n, path] of paths.entries()) {
    const name = path.replaceAll(/[*?]/g, '\\$&')
    expect(failed.stderr).toContain(`failed: ${name} (exit 1)`)
    expect(failed.stderr).toContain(`  | said ${n}\n`)
  }
})

test('what a recipe prints is whole in its log and in the log of the attempt', async () => {
  const lines = process.env['FERRY_SOAK'] === '1' ? 1_000_000 : 200_000
  const project = await TestProject.make(
    `all: a b\na: ; seq -f '%099.0f' ${lines}; touch $@\nb: a ; seq -f '%099.0f' ${lines} >&2; touch $@`,
  )
  expect(await project.ferry(...NIGHT)).toEqual({ code: 0, signal: null, stdout: '', stderr: '' })
  const said = spawnSync('seq', ['-f', '%099.0f', String(lines)], { maxBuffer: 2 ** 30 }).stdout
  expect(said.length).toBe(lines * 100)
  const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
  const read = (name: string): Buffer => readFileSync(join(project.directory, 'logs', DATE, name))
  for (const name of ['a.log', 'b.log']) {
    const log = read(name)
    const start = log.indexOf('\n', log.indexOf('\n#$ ') + 1) + 1
    expect(hash(log.subarray(start)), name).toBe(hash(said))
  }
  const numbers = read('attempt-01.log')
    .toString('latin1')
    .split('\n')
    .filter(line => /^\d{99}$/.test(line))
  expect(hash(Buffer.from(`${numbers.join('\n')}\n`))).toBe(hash(Buffer.concat([said, said])))
})

test('a recipe that ignores SIGTERM is ended within the grace, and nothing is left running', async () => {
  const project = await TestProject.make(
    "all: a\na: ; trap '' TERM; echo half > $@; sleep 300 & touch begun; while :; do sleep 0.1 || :; done",
  )
  const ferry = project.start(FERRY, NIGHT, { FERRY_KILL_GRACE: '2' })
  await until(() => project.has('begun'))
  const begin = performance.now()
  ferry.kill('SIGTERM')
  const result = await endOf(ferry)
  expect(result.code).toBe(143)
  expect(performance.now() - begin).toBeLessThan(8_000)
  expect(nightProcesses(project.directory)).toEqual([])
  expect(project.has('a')).toBe(false)
  const records = project.read(`logs/${DATE}/timing_env.log`)
  expect(records).toContain('"tag":"END"')
})

interface Receiver {
  readonly url: string
  readonly bodies: Buffer[]
}

/** A receiver of webhooks; one that hangs never answers. */
async function receiver(hangs: boolean): Promise<Receiver> {
  const bodies: Buffer[] = []
  const server: Server = createServer((request: IncomingMessage, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      bodies.push(Buffer.concat(chunks))
      if (!hangs) response.end('ok')
    })
  })
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  cleanups.push(() => {
    server.closeAllConnections()
    server.close()
  })
  // Of a listening TCP server it is this form.
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/`, bodies }
}

test('output that is not UTF-8 is whole in the log, and what receivers get is valid JSON', async () => {
  const { url, bodies } = await receiver(false)
  const project = await TestProject.make(
    String.raw`all: ; printf 'caf\351 \377\376 \355\240\200 ok\n\0\001\033[31mred\n'; exit 65`,
    `max_attempts: 1, notify: { webhook: "${url}slack", json: "${url}json" }`,
  )
  const result = await project.ferry(...NIGHT)
  expect(result.code).toBe(1)
  expect(result.stderr).toMatch(/ {2}\| caf\S+ .* ok\n/)
  const log = readFileSync(join(project.directory, 'logs', DATE, 'all.log'))
  expect(log.includes(Buffer.from('caf\xe9 \xff\xfe \xed\xa0\x80 ok\n\0\x01', 'latin1'))).toBe(true)
  expect(bodies.length).toBeGreaterThanOrEqual(2)
  for (const body of bodies) {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body)
    expect(JSON.stringify(JSON.parse(text))).toContain(' ok')
  }
})

test('a receiver that never answers is a warning and does not hold the night', async () => {
  const { url, bodies } = await receiver(true)
  const project = await TestProject.make(
    'all: ; exit 3',
    `max_attempts: 1, notify: { webhook: "${url}" }`,
  )
  const begin = performance.now()
  const result = await project.ferry(...NIGHT)
  expect(performance.now() - begin).toBeLessThan(20_000)
  expect(result.code).toBe(1)
  expect(result.stderr).toContain('the webhook of run.notify.webhook did not take the report')
  expect(result.stderr).toContain('failed: all (exit 3)')
  expect(bodies).toHaveLength(1)
})

test('without make on the PATH: 78 and how to get it', async () => {
  const project = await TestProject.make('all: ; true')
  const bin = join(project.directory, 'bin')
  mkdirSync(bin)
  for (const name of ['bash', 'sh', 'readlink', 'date', 'env']) {
    const found = spawnSync('bash', ['-c', `type -P ${name}`], { encoding: 'utf8' }).stdout.trim()
    symlinkSync(found, join(bin, name))
  }
  symlinkSync(process.execPath, join(bin, 'node'))
  const result = await endOf(project.start(FERRY, NIGHT, { PATH: bin }))
  expect(result.stderr).toBe(
    'ferry: error: GNU `make` is not installed\n  hint: install it, for example: apt-get install make\n',
  )
  expect(result.code).toBe(78)
})

test.for([
  ['run: { targets: [all]', /ferry\.yaml:\d+/],
  ['run: { targets: [all], jobs: many }', /ferry\.yaml:1.*jobs/],
  ['runs: { targets: [all] }', /ferry\.yaml:1.*runs/],
] as const)('a ferry.yaml that is wrong (%s): 78 and the line', async ([text, message]) => {
  const project = await TestProject.make('all: ; touch made')
  await project.write('ferry.yaml', text)
  const result = await project.ferry(...NIGHT)
  expect(result.stderr).toMatch(message)
  expect(result.code).toBe(78)
  expect(project.has('made')).toBe(false)
})

const MODEL = { 'models/one.sql': '-- result: csv\nselect 1 as n\n' }

test('a warehouse file that is no DuckDB file: a clear error, and the file stays as it was', async () => {
  const project = await TestProject.make('all: models', 'max_attempts: 2', {
    ...MODEL,
    'warehouse.duckdb': 'this is no database\n'.repeat(1_000),
  })
  const result = await project.ferry(...NIGHT)
  expect(result.code).toBe(1)
  expect(result.stderr).toContain('failed: results/2026-03-01/models/one.json (exit 65')
  expect(result.stderr).toMatch(/warehouse\.duckdb.*not a valid DuckDB database file/)
  expect(project.count('warehouse.duckdb')).toBe(1_000)
})

test('a warehouse that another program has open: 75, who has it, and the next attempt goes on', async () => {
  const project = await TestProject.make('all: models', 'max_attempts: 5', MODEL)
  const hold = `const { DuckDBInstance } = await import('@duckdb/node-api')
    const instance = await DuckDBInstance.create(${JSON.stringify(join(project.directory, 'warehouse.duckdb'))})
    await (await instance.connect()).run('CREATE TABLE theirs AS SELECT 1 AS a')
    console.log('open'); setTimeout(() => {}, 60_000)`
  const holder = spawn(process.execPath, ['--input-type=module', '-e', hold], {
    cwd: join(import.meta.dirname, '../..'),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  cleanups.push(() => holder.kill('SIGKILL'))
  await new Promise(resolve => holder.stdout.once('data', resolve))
  const result = await project.ferry(...NIGHT, '--once')
  expect(result.code).toBe(1)
  const log = project.read(`logs/${DATE}/attempt-01.log`)
  expect(log).toContain(`is open in another program (process ${holder.pid})`)
  const gone = once(holder, 'exit')
  holder.kill('SIGKILL')
  await gone
  expect((await project.ferry(...NIGHT, '--once')).code).toBe(0)
  expect(project.read(`results/${DATE}/one.csv`)).toBe('n\n1\n')
  expect((await project.ferry('warehouse', 'stop')).code).toBe(0)
})
