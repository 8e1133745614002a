import { expect, test } from 'vitest'
import { z } from 'zod'
import { parseConfig } from '../../src/core/config-file.ts'
import { FerryError } from '../../src/core/errors.ts'

const schema = z.strictObject({
  name: z.string().optional(),
  run: z.strictObject({ jobs: z.int().min(1).default(2) }).prefault({}),
  sources: z.record(z.string(), z.strictObject({ url: z.string() })).default({}),
})

function messageOf(text: string, environment = {}): string {
  try {
    parseConfig({ file: 'ferry.yaml', text, environment }, schema)
  } catch (error) {
    if (error instanceof FerryError && error.code === 'CONFIG_INVALID') return error.message
    throw error
  }
  return 'no error'
}

test('an empty file is valid and has the defaults', () => {
  expect(parseConfig({ file: 'f', text: '', environment: {} }, schema).run.jobs).toBe(2)
})

test.each([
  ['run: { job: 3 }', 'ferry.yaml:1:8: unknown key `run.job`; did you mean `jobs`?'],
  ['name: a\nrnu: 1', 'ferry.yaml:2:1: unknown key `rnu`; did you mean `run`?'],
  [
    'sources: { a: { ulr: x, url: y } }',
    'ferry.yaml:1:17: unknown key `sources.a.ulr`; did you mean `url`?',
  ],
  [
    'run: { jobs: many }',
    'ferry.yaml:1:14: `run.jobs`: invalid input: expected number, received string',
  ],
  [
    'name: ${HOST}',
    'ferry.yaml:1:7: the environment variable `HOST` is not set (write `${HOST:-default}` to do without)',
  ],
])('%s is an error with file, line, column and the nearest name', (text, message) => {
  expect(messageOf(text)).toBe(message)
})

test('broken YAML names the line', () => {
  expect(messageOf('name: "a')).toMatch(/^ferry\.yaml:1:\d+: /)
})

test('all findings are reported at once', () => {
  expect(messageOf('nam: x\nrun: { jobs: 0, foo: 1 }').split('\n')).toHaveLength(3)
})

test('variables come from the environment, with defaults', () => {
  const text = 'name: ${A}-${B:-two}'
  expect(parseConfig({ file: 'f', text, environment: { A: 'one' } }, schema).name).toBe('one-two')
})

test('a key that may not be so is told why', () => {
  const schema = z.strictObject({
    tables: z.record(z.string().regex(/^[^/]+$/, 'has no slash'), z.int()),
  })
  const text = 'tables:\n  good: 1\n  ../evil: 2\n'
  expect(() => parseConfig({ file: 'ferry.yaml', text }, schema)).toThrow(
    'ferry.yaml:3:12: `tables.../evil`: has no slash',
  )
})
