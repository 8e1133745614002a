import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { appendFile, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Account, addsUp } from '../../src/cruncher/account.ts'
import { FileCruncher } from '../../src/cruncher/file-cruncher.ts'
import { WholeLines } from '../../src/cruncher/input/whole-lines.ts'
import { prepare } from '../../src/cruncher/prepare.ts'
import { crunchConfig } from '../../src/cruncher/config.ts'
import { runFerry } from '../support/run-ferry.ts'
import { CrunchProject } from './crunch-project.ts'

interface Printed {
  readonly lines: number
  readonly bytes: number
  readonly out: number
  readonly filtered: number
  readonly merged: number
  readonly rejected: number
  readonly formats: Readonly<Record<string, { readonly lines: number }>>
  readonly reasons: { readonly rejected: Readonly<Record<string, number>> }
}

let project: CrunchProject
beforeAll(async () => {
  project = await CrunchProject.make({ output: 'out', compress: 'none', max_rejected: '100%' })
})
afterAll(async () => project[Symbol.asyncDispose]())

interface Row {
  readonly attributes: { readonly n: number | string }
}

const LINE = 'ts=2026-03-01T00:00:00Z level=info msg="it works"\n'

async function crunched(name: string, content: Uint8Array | string, ...args: string[]) {
  const path = await project.write(name, content)
  const { code, stdout, stderr } = await project.run(path, '--json', ...args)
  const account: Printed = JSON.parse(stdout)
  expect(account.lines).toBe(account.out + account.filtered + account.merged + account.rejected)
  return { code, stderr, account }
}

test.each<readonly [string, () => Uint8Array]>([
  ['plain', () => Buffer.from(LINE.repeat(1_000))],
  ['gzip', () => gzipSync(LINE.repeat(1_000))],
  [
    'gzip of many members',
    () => Buffer.concat(Array.from({ length: 10 }, () => gzipSync(LINE.repeat(100)))),
  ],
  ['zstd', () => zstdCompressSync(LINE.repeat(1_000))],
  [
    'zstd of many frames',
    () => Buffer.concat(Array.from({ length: 10 }, () => zstdCompressSync(LINE.repeat(100)))),
  ],
  ['bzip2', () => execFileSync('bzip2', ['-c'], { input: LINE.repeat(1_000) })],
  ['xz', () => execFileSync('xz', ['-c'], { input: LINE.repeat(1_000) })],
  ['with CRLF', () => Buffer.from(LINE.repeat(1_000).replaceAll('\n', '\r\n'))],
  ['with a byte order mark', () => Buffer.from(`\ufeff${LINE.repeat(1_000)}`)],
  ['without an end at the end', () => Buffer.from(LINE.repeat(1_000).slice(0, -1))],
])('a file that is %s', async (_, content) => {
  const { code, account } = await crunched('one.log', content())
  expect(code).toBe(0)
  expect(account.out).toBe(1_000)
  expect(account.formats['unknown']).toBeUndefined()
})

test('a gzip that is cut off: all whole lines before the break, and an error', async () => {
  const lines = Array.from({ length: 20_000 }, (_, at) => `level=info n=${at} msg="${at * 7919}"\n`)
  const packed = gzipSync(lines.join(''))
  const { code, stderr, account } = await crunched('cut.log.gz', packed.subarray(0, -5_000))
  expect(code).toBe(65)
  expect(stderr).toContain('cut.log.gz')
  expect(stderr).toContain('it is no gzip file, or damaged')
  expect(account.out).toBeGreaterThan(10_000)
  expect(account.reasons.rejected['cut_off']).toBe(1)
})

test('random bytes, NULs and invalid UTF-8 are lines that nobody knows', async () => {
  const hostile = Buffer.from([0, 1, 255, 254, 0x80, 0xc3, 0x28, 0x0a])
  const random = Buffer.from(Array.from({ length: 5_000 }, (_, at) => (at * 7_919) % 251))
  const bytes = Buffer.concat([hostile, Buffer.from(LINE), random, Buffer.from('\n'), hostile])
  const { code, account } = await crunched('random.log', bytes)
  expect(code).toBe(0)
  expect(account.bytes).toBe(bytes.length)
  expect(account.out).toBeGreaterThan(1)
})

test('a line of 100 MB is kept apart, those around it are not', async () => {
  const { code, account } = await crunched('long.log', `${LINE}${'x'.repeat(100_000_000)}\n${LINE}`)
  expect(code).toBe(0)
  expect(account.out).toBe(2)
  expect(account.reasons.rejected).toEqual({ too_long: 1 })
  const path = 'intermediate/2026-03-02/crunch/rejected'
  const name = readdirSync(project.path(path)).find(one => one.startsWith('long.log-')) ?? ''
  const kept: unknown = JSON.parse(readFileSync(project.path(`${path}/${name}`), 'utf8'))
  expect(kept).toMatchObject({
    line: 2,
    byte_offset: LINE.length,
    bytes: 100_000_001,
    reason: 'too_long',
    cut: true,
  })
})

test('places are those of the file, also behind a mark of UTF-8; what is kept apart is redacted', async () => {
  await using strict = await CrunchProject.make({
    redact: { email: 'mask' },
    max_rejected: '100%',
    max_line: '1KB',
  })
  const line = `level=info msg="jo@example.com ${'x'.repeat(2_000)}"\n`
  await strict.write('marked.log', `\ufeff${LINE}${line}`)
  const { code } = await strict.run(strict.path('marked.log'))
  expect(code).toBe(0)
  const path = 'intermediate/2026-03-02/crunch/rejected'
  const name = readdirSync(strict.path(path)).find(one => one.startsWith('marked.log-')) ?? ''
  const text = readFileSync(strict.path(`${path}/${name}`), 'utf8')
  expect(JSON.parse(text)).toMatchObject({ line: 2, byte_offset: 3 + LINE.length, cut: true })
  expect(text).toContain('level=info msg=')
  expect(text).not.toContain('jo@')
})

test('more rejected lines than may be end it with 65', async () => {
  await project.write('long.log', `${LINE}${'x'.repeat(5_000_000)}\n`)
  await using strict = await CrunchProject.make({ max_rejected: 0 })
  const { code, stderr } = await strict.run(project.path('long.log'))
  expect(code).toBe(65)
  expect(stderr).toContain('1 of 2 lines were rejected')
})

test('an empty file, a folder, nothing at all', async () => {
  const { account } = await crunched('empty.log', '')
  expect(account.lines).toBe(0)
  mkdirSync(project.path('folder'), { recursive: true })
  await project.write('folder/one.log', LINE)
  const folder = await project.run(`${project.path('folder')}/`, '--json')
  expect(JSON.parse(folder.stdout)).toMatchObject({ lines: 1 })
  const nothing = await project.run(project.path('not-there.log'))
  expect(nothing.code).toBe(66)
  expect(nothing.stderr).toContain('not-there.log')
})

test('standard input', async () => {
  const { code, stdout } = await project.run('-', '--json')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ lines: 0 })
})

const plan = {
  config: crunchConfig.parse({}),
  routes: [],
  formats: [],
  stateDirectory: '',
  outputDirectory: undefined,
  outputUrl: undefined,
  hash: '',
}
const prepared = prepare(plan)

test('whatever the bytes are and however they come, every line is accounted for', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc
      .constantFrom(
        LINE,
        '{"level":30,"time":1772323200117,"pid":1,"hostname":"h","msg":"m"}\n',
        '1.2.3.4 - - [01/Mar/2026:00:00:00 +0000] "GET / HTTP/1.1" 200 12\n',
        'java.lang.IllegalStateException: gone\n\tat a.b(C.java:1)\n',
        '\n',
        '\r\n',
        '  \n',
        '{"broken":\n',
      )
      .map(text => Buffer.from(text)),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), pieces => {
      const whole = Buffer.concat(pieces)
      const account = new Account()
      const classifier = prepared.classifier()
      let rejected = 0
      const cruncher = new FileCruncher({
        detector: prepared.detector(),
        account,
        reject: () => rejected++,
        steps: {
          ...prepared.steps(
            { name: 'x', path: 'x', url: undefined, size: 0, modifiedMs: 0, etag: '' },
            classifier,
          ),
          sinks: [],
        },
      })
      const lines = new WholeLines(cruncher, 60)
      for (const one of pieces) lines.push(Buffer.from(one))
      lines.end()
      cruncher.end()
      const counts = account.toJSON()
      const feeds = whole.filter(byte => byte === 0x0a).length
      const last = whole.length > 0 && whole.at(-1) !== 0x0a ? 1 : 0
      const mark = whole.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? 3 : 0
      expect(addsUp(counts)).toBe(true)
      expect(counts.lines).toBe(feeds + last)
      expect(counts.bytes).toBe(whole.length - mark)
      expect(counts.rejected).toBe(rejected)
    }),
    { numRuns: 300 },
  )
})

test('UTF-16 with its mark, in either order of bytes', async () => {
  const text = LINE.replace('works', 'wörks ☃')
  const little = Buffer.from(`\ufeff${text.repeat(11)}`, 'utf16le')
  const big = Buffer.from(little).swap16()
  for (const bytes of [little, big]) {
    const { code, account } = await crunched('utf16.log', bytes)
    expect(code).toBe(0)
    expect(account.out).toBe(11)
    const name = readdirSync(project.path('out')).find(one => one.startsWith('utf16.log-')) ?? ''
    expect(readFileSync(project.path(`out/${name}`), 'utf8')).toContain('it wörks ☃')
  }
})

test('of UTF-16, places and bytes are those of the file', async () => {
  await using strict = await CrunchProject.make({ max_rejected: '100%', max_line: '1KB' })
  const long = `☃ 𝄞 ${'ü'.repeat(900)}\n`
  const text = `\ufeff${LINE}${long}${LINE.replace('works', '𝄞')}${long.slice(0, -1)}`
  const little = Buffer.from(text, 'utf16le')
  for (const [file, swap] of [
    ['little.log', false],
    ['big.log', true],
  ] as const) {
    await strict.write(file, swap ? Buffer.from(little).swap16() : little)
    const { stdout } = await strict.run(strict.path(file), '--json')
    expect(JSON.parse(stdout)).toMatchObject({ lines: 4, out: 2, bytes: little.length - 2 })
    const path = 'intermediate/2026-03-02/crunch/rejected'
    const name = readdirSync(strict.path(path)).find(one => one.startsWith(`${file}-`)) ?? ''
    const rejected = readFileSync(strict.path(`${path}/${name}`), 'utf8')
      .trim()
      .split('\n')
    const found = rejected.map((line): string => {
      const { byte_offset: from, bytes }: { byte_offset: number; bytes: number } = JSON.parse(line)
      return little.toString('utf16le', from, from + bytes)
    })
    expect(found).toEqual([long, long.slice(0, -1)])
  }
})

test('a file that grows while it is read: whole lines alone, and in the end every line once', {
  timeout: 60_000,
}, async () => {
  await using growing = await CrunchProject.make({ output: 'out', compress: 'none' })
  const path = growing.path('growing.log')
  const lines = Array.from({ length: 60_000 }, (_, n) => `level=info n=${n} msg="it grows"\n`)
  const text = lines.join('')
  const records = (): readonly number[] => {
    const name = readdirSync(growing.path('out')).find(one => one.startsWith('growing.log-')) ?? ''
    const rows = readFileSync(growing.path(`out/${name}`), 'utf8')
      .trim()
      .split('\n')
    return rows.map(row => Number((JSON.parse(row) as Row).attributes.n))
  }
  // Pieces of a size that ends lines nowhere, as buffers of a program are written.
  await writeFile(path, text.slice(0, 100_003))
  let written = 100_003
  let isDone = false
  const writing = (async () => {
    while (written < text.length) {
      await appendFile(path, text.slice(written, (written += 4_999)))
      await sleep(1)
    }
    isDone = true
  })()
  let runs = 0
  while (!isDone) {
    const { code, stdout } = await growing.run(path, '--json')
    expect(code).toBe(0)
    const account: Printed = JSON.parse(stdout)
    expect(account.rejected).toBe(0)
    const found = records()
    expect(found).toEqual(Array.from({ length: account.out }, (_, n) => n))
    runs++
  }
  await writing
  const { stdout } = await growing.run(path, '--json')
  expect(JSON.parse(stdout)).toMatchObject({ lines: lines.length, out: lines.length, rejected: 0 })
  expect(records()).toHaveLength(lines.length)
  expect(runs).toBeGreaterThan(0)
})

test('without the program that unpacks a file: 78, and what to install', async () => {
  const path = await project.write('one.log.xz', execFileSync('xz', ['-c'], { input: LINE }))
  const env = { PATH: project.path('nowhere') }
  const { code, stderr } = await runFerry(['crunch', path], { cwd: project.folder, env })
  expect(code).toBe(78)
  expect(stderr).toContain('install xz-utils')
})
