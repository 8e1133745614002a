import { Fault } from '../fault.ts'
import { type Context, literal, quoted } from './expressions.ts'
import type { Plan } from './plan.ts'
import { readName } from './relations.ts'
import { closing, indexOutside, isSign, isWord, split, syntax, type Token } from './tokens.ts'

const OPTIONS = new Set([
  'FILE_TYPE',
  'COMPRESSION',
  'ENCODING',
  'FIELDTERMINATOR',
  'FIELDQUOTE',
  'ROWTERMINATOR',
  'FIRSTROW',
  'MAXERRORS',
  'CREDENTIAL',
])

/**
 * `COPY INTO t (a 1, b 2) FROM 'url', ... WITH (FILE_TYPE = 'CSV', ...) [OPTION (LABEL = ...)]`. Of
 * the storage there are only the folders that the test names; an empty field is an empty text.
 */
export function copyInto(list: readonly Token[], { blobs }: Context): Plan {
  const table = readName(list)
  const to = closing(list, table.length)
  const columns = split(list.slice(table.length + 1, to), ',').map((column, index) => {
    if (column[1]?.value !== String(index + 1)) throw syntax(column[1])
    return quoted(column[0]?.value ?? '')
  })
  if (!isWord(list[to + 1], 'FROM')) throw syntax(list[to + 1])
  const withAt = indexOutside(list, to, token => isWord(token, 'WITH'))
  const files = split(list.slice(to + 2, withAt), ',').map(([url]) => fileOf(url, blobs))
  const options = readOptions(list.slice(withAt + 2, closing(list, withAt + 1)))
  const compression = options['COMPRESSION'] === 'GZIP' ? 'gzip' : 'none'
  if (options['FILE_TYPE'] !== 'CSV' || options['ROWTERMINATOR'] !== '0x0A')
    throw syntax(list[withAt])
  const names = columns.map((_, index) => `'c${index}': 'VARCHAR'`).join(', ')
  const read = `read_csv([${files.map(literal).join(', ')}], header = false, auto_detect = false,
    delim = ',', quote = '"', escape = '"', new_line = '\\n', nullstr = 'no field is this',
    skip = ${Number(options['FIRSTROW'] ?? 1) - 1}, compression = '${compression}', columns = {${names}})`
  const text = `INSERT INTO ${table.text} (${columns.join(', ')}) SELECT * FROM ${read}`
  return [{ kind: 'sql', text, command: 'insert' }]
}

function fileOf(url: Token | undefined, blobs: Context['blobs']): string {
  if (url?.kind !== 'string') throw syntax(url)
  const prefix = Object.keys(blobs).find(known => url.value.startsWith(known))
  if (prefix === undefined) throw new Fault(13_807, `Content of '${url.value}' cannot be listed.`)
  return (blobs[prefix] ?? '') + url.value.slice(prefix.length)
}

function readOptions(list: readonly Token[]): Readonly<Record<string, string>> {
  const options: Record<string, string> = {}
  for (const option of split(list, ',')) {
    const [name, equals, value] = option
    if (name === undefined || !OPTIONS.has(name.value.toUpperCase()) || !isSign(equals, '=')) {
      throw syntax(name)
    }
    options[name.value.toUpperCase()] = value?.value ?? ''
  }
  return options
}
