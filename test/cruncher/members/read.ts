import type { MemberFormat } from '../../../src/cruncher/members/member-format.ts'
import { JsonMembers } from '../../../src/cruncher/members/json-members.ts'
import { MemberLines, type MemberLinesOptions } from '../../../src/cruncher/members/member-lines.ts'
import { PairMembers } from '../../../src/cruncher/members/pair-members.ts'
import { LogRecord } from '../../../src/cruncher/record.ts'
import { described } from '../described.ts'

export const ANY_OBJECT: MemberFormat = {
  name: 'any',
  title: 'any object',
  sureness: 1,
  samples: [],
}

/** What is found in a line, by name; nothing: it is not claimed. */
export type Found =
  | { readonly format: string; readonly fields: object; readonly attributes: object }
  | undefined

type Options = Partial<Omit<MemberLinesOptions, 'members'>>

export const jsonLines = (options: Options = {}): MemberLines =>
  new MemberLines({ members: () => new JsonMembers(), formats: [ANY_OBJECT], ...options })

export const pairLines = (options: Options = {}): MemberLines =>
  new MemberLines({ members: () => new PairMembers(), formats: [ANY_OBJECT], ...options })

const record = new LogRecord()

/** Reads a line that has others around it: what is read beyond its ends shows. */
export function read(lines: MemberLines, line: string): Found {
  const text = Buffer.from(line)
  const bytes = Buffer.concat([Buffer.from('"}\n'), text, Buffer.from('}"')])
  record.reset(bytes)
  const format = lines.claim(bytes, 3, 3 + text.length, record)
  return format === undefined ? undefined : { format: format.name, ...described(record) }
}
