import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { parseConfig } from '../../src/core/config-file.ts'
import { readFormats } from '../../src/cruncher/custom/read-formats.ts'
import { compileFilter } from '../../src/cruncher/filter/compile-filter.ts'
import { selectionConfig } from '../../src/cruncher/filter/config.ts'
import { Line } from '../../src/cruncher/line.ts'
import { JsonMembers } from '../../src/cruncher/members/json-members.ts'
import { MemberLines } from '../../src/cruncher/members/member-lines.ts'
import { LogRecord } from '../../src/cruncher/record.ts'
import { redactionConfig } from '../../src/cruncher/redact/config.ts'
import { described } from './described.ts'

const page = readFileSync(new URL('../../docs/crunch-config.md', import.meta.url), 'utf8')
const blocks = [...page.matchAll(/```yaml\n# (\S+)\n([^]*?)```/g)].map(
  ([, file = '', text = '']) => ({
    file,
    text,
  }),
)
const formats = readFormats(
  blocks.find(({ file }) => file === 'formats.yaml') ?? { file: '', text: '' },
)

/** What is found in a sample of a format, as samples write it. */
function found(name: string, text: string): unknown {
  const record = new LogRecord()
  const bytes = Buffer.from(text)
  record.reset(bytes)
  const line = new Line()
  line.set(bytes, 0, bytes.length)
  const format = formats.lines.find(one => one.name === name)
  const members = formats.members.filter(one => one.name === name)
  const json = new MemberLines({ members: () => new JsonMembers(), formats: members })
  const isClaimed =
    format?.claim(line, record) ?? json.claim(bytes, 0, bytes.length, record) !== undefined
  const { fields, attributes } = described(record)
  return isClaimed ? { ...fields, ...attributes } : undefined
}

describe('the page shows what works', () => {
  test.each([...formats.lines, ...formats.members])('the samples of $name', ({ name, samples }) => {
    for (const { line, expected } of samples) expect(found(name, line)).toMatchObject(expected)
  })

  test('four formats, one of each way', () => {
    expect(formats.lines.length + formats.members.length).toBe(4)
  })

  test('the filters, the sample and the redaction', () => {
    let sections = 0
    for (const { file, text } of blocks.filter(block => block.file === 'ferry.yaml')) {
      const { crunch } = parse(text) as { crunch: Record<string, unknown> }
      const { redact, formats: _, ...selection } = crunch
      if (redact !== undefined) sections++
      const of = (value: unknown) => ({ file, text: JSON.stringify(value ?? {}), environment: {} })
      expect(() => parseConfig(of(redact), redactionConfig)).not.toThrow()
      expect(() => parseConfig(of(selection), selectionConfig)).not.toThrow()
      sections += Object.keys(selection).length
    }
    expect(sections).toBe(4)
  })

  test.each(['level >= warn', "time >= '2024-11-03'", 'status < 400', 'not (status < 400)'])(
    'the expression %s',
    expression => {
      expect(page).toContain(expression)
      expect(() => compileFilter(expression)).not.toThrow()
    },
  )
})
