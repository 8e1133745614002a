import { describe, expect, test } from 'vitest'
import { parseConfig } from '../../../src/core/config-file.ts'
import { selectionConfig } from '../../../src/cruncher/filter/config.ts'
import { compileSelection, type Select } from '../../../src/cruncher/filter/select.ts'
import { ESCAPED, LogRecord, STATUS, USER_ID } from '../../../src/cruncher/record.ts'

function selectOf(yaml: string): Select | undefined {
  return compileSelection(parseConfig({ file: 'ferry.yaml', text: yaml }, selectionConfig))
}

function recordOf(status: number, user?: string): LogRecord {
  const record = new LogRecord()
  record.reset(Buffer.alloc(0))
  record.numbers[STATUS] = status
  if (user !== undefined) record.setText(USER_ID, user)
  return record
}

test('without rules all records are wanted', () => {
  expect(selectOf('')).toBeUndefined()
})

test('of several `keep` one is enough, and `drop` is stronger', () => {
  const select = selectOf(`
keep: [status >= 500, status == 201]
drop: "user_id == 'robot'"`)
  expect(select?.(recordOf(500), undefined)).toBeUndefined()
  expect(select?.(recordOf(201), undefined)).toBeUndefined()
  expect(select?.(recordOf(200), undefined)).toBe('not_kept')
  expect(select?.(recordOf(500, 'robot'), undefined)).toBe('dropped')
})

describe('a sample', () => {
  const users = Array.from({ length: 10_000 }, (_, at) => `user-${at}`)
  const keptBy = (yaml: string): Set<string> => {
    const select = selectOf(yaml)
    const record = recordOf(200)
    return new Set(
      users.filter(user => {
        record.reset(Buffer.alloc(0))
        record.setText(USER_ID, user)
        return select?.(record, undefined) === undefined
      }),
    )
  }

  test('keeps that share of the keys, and a smaller share is a part of it', () => {
    const tenth = keptBy('sample: { by: user_id, keep: 10% }')
    expect(tenth.size / users.length).toBeGreaterThan(0.09)
    expect(tenth.size / users.length).toBeLessThan(0.11)
    const hundredth = keptBy('sample: { by: user_id, keep: 0.01 }')
    expect(hundredth.size).toBeGreaterThan(50)
    expect([...hundredth].every(user => tenth.has(user))).toBe(true)
    expect(keptBy('sample: { by: user_id, keep: 0% }').size).toBe(0)
    expect(keptBy('sample: { by: user_id, keep: 100% }').size).toBe(users.length)
  })

  test('chooses the same keys in every version', () => {
    const kept = [...keptBy('sample: { by: user_id, keep: 10% }')].slice(0, 5)
    expect(kept).toEqual(FIRST_KEPT)
  })

  test('chooses a key however it lies in the line', () => {
    const select = selectOf('sample: { by: user_id, keep: 50% }')
    for (const user of ['á-1', 'á-2', 'á-3', 'á-4', 'á-5', 'á-6']) {
      const escaped = new LogRecord()
      const line = Buffer.from(user.replace('á', '\\u00e1'))
      escaped.reset(line)
      escaped.setSlice(USER_ID, 0, line.length, ESCAPED)
      expect(select?.(escaped, undefined)).toBe(select?.(recordOf(200, user), undefined))
    }
  })

  test('keeps what has no key, and what it is not for', () => {
    const select = selectOf('sample: { by: user_id, keep: 0%, where: status == 200 }')
    expect(select?.(recordOf(200), undefined)).toBeUndefined()
    expect(select?.(recordOf(500, 'u'), undefined)).toBeUndefined()
    expect(select?.(recordOf(200, 'u'), undefined)).toBe('not_sampled')
  })
})

/** Changing these would change what is kept of every night to come, against those that were. */
const FIRST_KEPT = ['user-14', 'user-21', 'user-61', 'user-62', 'user-78']

describe('what is wrong is said with its place', () => {
  test.each([
    ['keep: "statsu > 5"', '1:7: `keep`: column 1: `statsu` is no field; did you mean `status`?'],
    ['drop:\n  - level == info\n  - level == loud', '3:5: `drop.1`: column 10: `loud` is no level'],
    ['sample: { by: user_id, keep: 110% }', '1:30: `sample.keep`: `110%` is not a share'],
    ['sample: { by: status, keep: 10% }', '1:15: `sample.by`: `status` is no field that is a text'],
  ])('%s', (yaml, message) => {
    expect(() => selectOf(yaml)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringContaining(message),
      }),
    )
  })
})
