import { describe, expect, test } from 'vitest'
import { Detector } from '../../src/cruncher/detector.ts'
import { JSON_FORMATS, PAIR_FORMATS } from '../../src/cruncher/member-registry.ts'
import { JsonMembers } from '../../src/cruncher/members/json-members.ts'
import { MemberLines } from '../../src/cruncher/members/member-lines.ts'
import { PairMembers } from '../../src/cruncher/members/pair-members.ts'
import { FORMATS } from '../../src/cruncher/registry.ts'

const names = new Map()
const detector = new Detector({
  formats: FORMATS,
  json: new MemberLines({ members: () => new JsonMembers(), formats: JSON_FORMATS, names }),
  pairs: new MemberLines({ members: () => new PairMembers(), formats: PAIR_FORMATS, names }),
})

const samples = FORMATS.flatMap(({ name, samples }) => samples.map(({ line }) => ({ name, line })))

describe('among all formats there are, a line has its own', () => {
  test.each(samples)('$name: $line', ({ name, line }) => {
    const bytes = Buffer.from(line)
    const record = detector.detect(bytes, 0, bytes.length)
    expect(record?.format.split('/')[0]).toBe(name)
    if (record !== undefined) detector.release(record)
  })
})
