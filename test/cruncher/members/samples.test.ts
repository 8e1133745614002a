import { describe, expect, test } from 'vitest'
import { Detector } from '../../../src/cruncher/detector.ts'
import {
  ACCESS_FORMATS,
  JSON_FORMATS,
  PAIR_FORMATS,
} from '../../../src/cruncher/member-registry.ts'
import { JsonMembers } from '../../../src/cruncher/members/json-members.ts'
import { MemberLines } from '../../../src/cruncher/members/member-lines.ts'
import { PairMembers } from '../../../src/cruncher/members/pair-members.ts'
import { FORMATS } from '../../../src/cruncher/registry.ts'
import { described } from '../described.ts'

const detector = new Detector({
  formats: FORMATS,
  json: new MemberLines({ members: () => new JsonMembers(), formats: JSON_FORMATS }),
  pairs: new MemberLines({ members: () => new PairMembers(), formats: PAIR_FORMATS }),
})

const formats = [...JSON_FORMATS, ...PAIR_FORMATS, ...ACCESS_FORMATS]
const samples = formats.flatMap(({ name, samples }) => samples.map(sample => ({ name, ...sample })))

describe('every format of names and values', () => {
  test('has a name of its own in kebab-case, and samples', () => {
    const names = [...JSON_FORMATS, ...PAIR_FORMATS, ...FORMATS].map(format => format.name)
    expect(names.filter((name, at) => names.indexOf(name) < at)).toEqual([])
    for (const { name, samples } of formats) {
      expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
      expect(samples.length, name).toBeGreaterThan(0)
    }
  })

  test.each([JSON_FORMATS, PAIR_FORMATS])('stands behind those that are surer', (...those) => {
    const sureness = those.map(format => format.sureness)
    expect(sureness).toEqual([...sureness].sort((one, other) => other - one))
  })

  test.each(samples)('$name claims $line', ({ name, line, expected }) => {
    const bytes = Buffer.from(`before\n${line}\nbehind`)
    const record = detector.detect(bytes, 7, bytes.length - 7)
    expect(record?.format.split('/')[0]).toBe(name)
    if (record === undefined) return
    const { fields, attributes } = described(record)
    const found: Record<string, unknown> = { ...fields }
    for (const [attribute, value] of Object.entries(attributes)) {
      if (attribute in expected && !(attribute in fields)) found[attribute] = value
    }
    expect(found).toEqual(expected)
    detector.release(record)
  })
  test.each(
    FORMATS.filter(format => format.goesOn === undefined).flatMap(({ name, samples }) =>
      samples.map(({ line }) => ({ name, line })),
    ),
  )('leaves $line to $name', ({ name, line }) => {
    const bytes = Buffer.from(line)
    const record = detector.detect(bytes, 0, bytes.length)
    expect(record?.format.split('/')[0]).toBe(name)
    if (record !== undefined) detector.release(record)
  })
})
