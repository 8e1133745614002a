/**
 * PolyBase's external tables, as views of the files in a folder of this machine: delimited texts without
 * any quotes, as its reader takes them. Names that begin with `_` or `.` are no files of a table.
 */
import { Fault } from '../fault.ts'
import { type Context, literal, quoted } from './expressions.ts'
import type { Plan, Step } from './plan.ts'
import { readName } from './relations.ts'
import { closing, isSign, isWord, split, syntax, type Token } from './tokens.ts'

const run = (text: string): Step => ({ kind: 'sql', text, command: 'other' })

type Kind = 'table' | 'format' | 'source'

/** After `EXTERNAL`: what kind it is, and where its name is. */
function kindOf(list: readonly Token[]): { readonly kind: Kind; readonly at: number } {
  if (isWord(list[0], 'TABLE')) return { kind: 'table', at: 1 }
  if (isWord(list[0], 'FILE') && isWord(list[1], 'FORMAT')) return { kind: 'format', at: 2 }
  if (isWord(list[0], 'DATA') && isWord(list[1], 'SOURCE')) return { kind: 'source', at: 2 }
  throw syntax(list[0])
}

/** After `CREATE EXTERNAL`. */
export function createExternal(list: readonly Token[], { blobs }: Context): Plan {
  const { kind, at } = kindOf(list)
  const name = readName(list.slice(at))
  const known = run(
    `INSERT INTO ferry_tds.externals VALUES (${literal(kind)}, ${literal(name.name)})`,
  )
  const after = at + name.length
  const opens = kind === 'table' ? closing(list, after) + 2 : after + 1
  const options = readOptions(list.slice(opens + 1, closing(list, opens)))
  if (kind === 'source') {
    const isPlace = /^(wasbs|abfss):\/\/[^@]+@/.test(options['LOCATION'] ?? '')
    if (options['TYPE'] !== 'HADOOP' || !isPlace) throw syntax(list[opens])
    return [known]
  }
  if (kind === 'format') {
    if (options['FORMAT_TYPE'] !== 'DELIMITEDTEXT') throw syntax(list[opens])
    return [known]
  }
  if (options['REJECT_VALUE'] !== '0') throw syntax(list[opens])
  const columns = split(list.slice(after + 1, closing(list, after)), ',')
  const names = columns.map((column, index) => `c${index} AS ${quoted(column[0]?.value ?? '')}`)
  const types = columns.map((_, index) => `'c${index}': 'VARCHAR'`).join(', ')
  const files = `${folderOf(options['LOCATION'] ?? '', blobs)}[!_.]*`
  const read = `read_csv(${literal(files)}, header = false, auto_detect = false, delim = ',', quote = '', escape = '',
    new_line = '\\n', nullstr = 'no field is this', skip = 1, compression = 'gzip', columns = {${types}})`
  return [run(`CREATE VIEW ${name.text} AS SELECT ${names.join(', ')} FROM ${read}`), known]
}

/** After `DROP EXTERNAL`. */
export function dropExternal(list: readonly Token[]): Plan {
  const { kind, at } = kindOf(list)
  const name = readName(list.slice(at))
  const forget = `DELETE FROM ferry_tds.externals WHERE kind = ${literal(kind)} AND name = ${literal(name.name)}`
  return [...(kind === 'table' ? [run(`DROP VIEW ${name.text}`)] : []), run(forget)]
}

function folderOf(location: string, blobs: Context['blobs']): string {
  for (const [url, folder] of Object.entries(blobs)) {
    const path = new URL(url).pathname.replace(/^\/[^/]+/, '') // without the container
    if (location.startsWith(path)) return folder + location.slice(path.length)
  }
  throw new Fault(105_002, `External table access failed: '${location}' cannot be listed.`)
}

function readOptions(list: readonly Token[]): Readonly<Record<string, string>> {
  const options: Record<string, string> = {}
  for (const [name, equals, value] of split(list, ',')) {
    if (name === undefined) throw syntax(name)
    if (isSign(equals, '=')) options[name.value.toUpperCase()] = value?.value ?? ''
    else if (!isWord(name, 'FORMAT_OPTIONS')) throw syntax(name)
  }
  return options
}
