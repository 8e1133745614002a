import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { asLocalIoError, systemErrorCode } from '../../core/errors.ts'

/** Options by name, dashes in place of underscores; of an option without a value, the empty text. */
export type FileOptions = Readonly<Record<string, string>>

/**
 * The `[client]` group of `~/.my.cnf`, as MySQL's own tools read it; empty when there is no such file.
 * @throws FerryError DENIED, LOCAL_IO
 */
export function readOptionFile(environment: Readonly<Record<string, string | undefined>>) {
  const path = join(environment['HOME'] ?? homedir(), '.my.cnf')
  try {
    return parseOptionFile(readFileSync(path, 'utf8'))
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return {}
    throw asLocalIoError(error, path)
  }
}

/** @see https://dev.mysql.com/doc/refman/8.4/en/option-files.html */
export function parseOptionFile(text: string): FileOptions {
  const options: Record<string, string> = {}
  let group = ''
  for (const line of text.split(/\r?\n/)) {
    const [, header] = /^\s*\[\s*([^\]]*?)\s*\]/.exec(line) ?? []
    if (header !== undefined) group = header
    if (group !== 'client') continue
    const [, name, value = ''] = /^\s*([A-Za-z][\w-]*)\s*(?:=\s*(.*?)\s*)?$/.exec(line) ?? []
    if (name !== undefined) options[name.replaceAll('_', '-')] = valueOf(value)
  }
  return options
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  s: ' ',
  '\\': '\\',
  '"': '"',
  "'": "'",
}

/** A comment may stand behind a value, but not begin inside quotes. */
function valueOf(written: string): string {
  const [, , inQuotes] = /^(["'])((?:\\.|(?!\1).)*)\1/.exec(written) ?? []
  const bare = inQuotes ?? written.replace(/\s*#.*$/, '')
  return bare.replace(/\\(.)/g, (whole, letter: string) => ESCAPES[letter] ?? whole)
}
