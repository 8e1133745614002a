import { spawnSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { constantFrom, oneof, sample, string, uint8Array } from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { targetLogName } from '../../src/formats/target-log-name.ts'
import { FERRY_HOME, NightProject } from '../support/night-project.ts'

let project: NightProject
beforeEach(() => {
  project = new NightProject()
})
afterEach(() => project.remove())

test.each([
  ['load', 'load'],
  ['results/2026-03-01/x.csv', 'results%2F2026-03-01%2Fx.csv'],
  ['results_2026', 'results_2026'],
  ['a b%c', 'a%20b%25c'],
  ['é', '%C3%A9'],
  ['\udcff', '%FF'],
  ['trackingshell', '%74rackingshell'],
  ['timing_env', '%74iming_env'],
  ['attempt-01', '%61ttempt-01'],
  ['.hidden', '%2Ehidden'],
  ['..', '%2E.'],
])('the log of %j is called %s.log', (target, name) => {
  expect(targetLogName(target)).toBe(name)
})

test('long names stay apart and short enough for a file name', () => {
  const names = [targetLogName(`${'x'.repeat(300)}1`), targetLogName(`${'x'.repeat(300)}2`)]
  expect(new Set(names).size).toBe(2)
  expect(names.every(name => name.length <= 200)).toBe(true)
})

/** Targets as make may have them: any bytes (the test takes out NUL). */
const target = oneof(
  string({ minLength: 1, unit: 'binary' }).map(text => Buffer.from(text)),
  uint8Array({ minLength: 1, maxLength: 40 }).map(bytes => Buffer.from(bytes)),
  constantFrom(
    'trackingshell',
    'timing_env',
    'attempt-9',
    '.x',
    "it's",
    'a\nb',
    '%2F',
    '/'.repeat(70),
  ).map(text => Buffer.from(text)),
)

test('the tracking shell gives every target the same name', () => {
  const samples = sample(target, 300)
    .map(bytes => Buffer.from(bytes.filter(byte => byte !== 0)))
    .filter(bytes => bytes.length > 0)
  writeFileSync(
    join(project.folder, 'targets'),
    Buffer.concat(samples.flatMap(bytes => [bytes, Buffer.of(0)])),
  )
  const script = `while IFS= read -r -d "" FERRY_TARGET; do export FERRY_TARGET; ${FERRY_HOME}/bin/tracking-shell -c :; done <targets`
  const ended = spawnSync('bash', ['-c', script], {
    cwd: project.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], FERRY_LOG_DIR: project.logs },
  })
  expect(String(ended.stderr)).toBe('')
  const expected = new Set(project.records().map(record => `${targetLogName(record.target)}.log`))
  expect(new Set(samples.map(bytes => `${targetLogName(surrogates(bytes))}.log`))).toEqual(expected)
  expected.add('timing_env.log')
  expect(new Set(readdirSync(project.logs))).toEqual(expected)
})

/** Bytes as a string in which what is not UTF-8 is a lone surrogate. */
function surrogates(bytes: Buffer): string {
  let text = ''
  for (let at = 0; at < bytes.length; ) {
    const character = [1, 2, 3, 4]
      .map(length => bytes.subarray(at, at + length))
      .find(
        part =>
          Buffer.from(part.toString('utf8'), 'utf8').equals(part) &&
          !part.toString('utf8').includes('\ufffd'),
      )
    const first = bytes[at] ?? 0
    text +=
      character === undefined ? String.fromCharCode(0xdc00 + first) : character.toString('utf8')
    at += character?.length ?? 1
  }
  return text
}
