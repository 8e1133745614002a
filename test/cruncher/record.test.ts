import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  ESCAPED,
  HOST,
  INFERRED_DATE,
  INFERRED_YEAR,
  INFERRED_ZONE,
  JSON_VALUE,
  LogRecord,
  MESSAGE,
  SERVICE,
  STATUS,
  TEXT_FIELDS,
} from '../../src/cruncher/record.ts'

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 })

describe('a record', () => {
  test('gives back the texts that it was given, made or sliced, with or without escapes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: TEXT_FIELDS.length - 1 }), text, fc.nat({ max: 2 })), {
          maxLength: 12,
        }),
        fc.array(fc.tuple(text, text), { maxLength: 12 }),
        (fields, attributes) => {
          const parts: Buffer[] = []
          let length = 0
          const place = (written: string): readonly [number, number] => {
            const bytes = Buffer.from(written)
            parts.push(bytes)
            length += bytes.length
            return [length - bytes.length, length]
          }
          const slices = fields.map(([field, value, how]) => {
            const written = how === 2 ? JSON.stringify(value).slice(1, -1) : value
            return { field, value, how, at: place(written) }
          })
          const record = new LogRecord()
          record.reset(Buffer.concat(parts))
          const expected = new Map<number, string>()
          for (const { field, value, how, at } of slices) {
            expected.set(field, value)
            if (how === 0) record.setText(field, value)
            else record.setSlice(field, ...at, how === 2 ? ESCAPED : undefined)
          }
          for (const [name, value] of attributes) record.addText(name, value)
          for (const field of TEXT_FIELDS.keys()) {
            expect(record.text(field)).toBe(expected.get(field))
          }
          const found = attributes.map((_, at) => [
            record.attributeName(at),
            record.attributeText(at),
          ])
          expect(found).toEqual(attributes)
        },
      ),
    )
  })

  test('keeps texts as its scratch grows', () => {
    const record = new LogRecord()
    record.reset(Buffer.alloc(0))
    const texts = Array.from({ length: 300 }, (_, at) => `${at} ${'ő'.repeat(at)}`)
    for (const [at, value] of texts.entries()) record.addText(`n${at}`, value)
    record.setText(MESSAGE, 'x'.repeat(100_000))
    for (const [at, value] of texts.entries()) expect(record.attributeText(at)).toBe(value)
    expect(record.text(MESSAGE)).toHaveLength(100_000)
  })

  test('counts the attributes that it has no place for', () => {
    const record = new LogRecord()
    record.reset(Buffer.from('x'))
    for (let at = 0; at < 1_030; at++) record.addSlice('n', 0, 1, JSON_VALUE)
    expect([record.attributes, record.droppedAttributes]).toEqual([1_024, 6])
    record.reset(Buffer.from('y'))
    expect([record.attributes, record.droppedAttributes, record.isEmpty()]).toEqual([0, 0, true])
  })

  test('keeps what is its own when an envelope fills it', () => {
    const record = new LogRecord()
    record.reset(Buffer.from('inner'))
    record.setSlice(MESSAGE, 0, 5)
    record.setText(HOST, 'own')
    record.timeUs = 5
    record.numbers[STATUS] = 200
    record.beginFilling(Buffer.from('outer'))
    record.setSlice(MESSAGE, 0, 5)
    record.setText(HOST, 'of the envelope')
    record.setSlice(SERVICE, 0, 5)
    record.timeUs = 9
    record.level = 3
    record.numbers[STATUS] = 500
    record.endFilling()
    expect([record.text(MESSAGE), record.text(HOST), record.text(SERVICE)]).toEqual([
      'inner',
      'own',
      'outer',
    ])
    expect([record.timeUs, record.level, record.numbers[STATUS]]).toEqual([5, 3, 200])
  })

  test.each([
    ['of the envelope: the own lacks a year', INFERRED_YEAR, 0, 'outer'],
    ['of the envelope: the own lacks a zone', INFERRED_ZONE, 0, 'outer'],
    [
      'of the envelope: the own lacks the date',
      INFERRED_DATE | INFERRED_ZONE,
      INFERRED_YEAR,
      'outer',
    ],
    ['its own: the envelope lacks the date', INFERRED_ZONE, INFERRED_DATE | INFERRED_ZONE, 'inner'],
    ['its own: the envelope lacks a year', INFERRED_ZONE, INFERRED_YEAR | INFERRED_ZONE, 'inner'],
    ['its own: both lack the same', INFERRED_YEAR, INFERRED_YEAR, 'inner'],
  ])('of two times it takes %s', (_, own, around, taken) => {
    const record = new LogRecord()
    record.reset(Buffer.from('inner'))
    record.timeUs = 5
    record.inferred = own
    record.beginFilling(Buffer.from('outer'))
    record.timeUs = 9
    record.inferred = around
    record.endFilling()
    expect([record.timeUs, record.inferred]).toEqual(taken === 'outer' ? [9, around] : [5, own])
  })
})
