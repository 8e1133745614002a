import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { parse as parseYaml } from 'yaml'
import { asLocalIoError, FerryError } from '../core/errors.ts'
import { utf8Text } from '../core/utf8.ts'

/** Variables of templates, by name. */
export type Variables = Record<string, unknown>

/**
 * The variables of files and of `key=value` texts. A later one takes the place of an earlier one,
 * and a text that of a file's. Texts stay texts: `7` is `'7'`.
 * @throws FerryError USAGE, INPUT_MISSING, CONFIG_INVALID
 */
export async function readVariables(
  texts: readonly string[],
  files: readonly string[],
  isReserved: (name: string) => boolean,
): Promise<Variables> {
  const variables: Variables = Object.create(null)
  for (const file of files) Object.assign(variables, await readVariablesFile(file))
  for (const text of texts) {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? []
    if (name === undefined) {
      throw new FerryError('USAGE', `--var takes key=value, not \`${text}\``)
    }
    variables[name] = value
  }
  for (const name of Object.keys(variables)) {
    if (!isReserved(name)) continue
    throw new FerryError('USAGE', `the variable \`${name}\` has a name of Ferry's own`, {
      hint: ['today', 'yesterday'].includes(name) ? 'set the date with --date' : 'rename it',
    })
  }
  return variables
}

async function readVariablesFile(file: string): Promise<object> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw asLocalIoError(error, file)
  })
  const content = parse(file, utf8Text(bytes, file))
  if (typeof content === 'object' && content !== null && !Array.isArray(content)) return content
  throw new FerryError('CONFIG_INVALID', `${file}: variables are a mapping of names to values`)
}

function parse(file: string, text: string): unknown {
  try {
    if (extname(file) === '.json') return JSON.parse(text) as unknown
    return (parseYaml(text) as unknown) ?? {}
  } catch (error) {
    const [message] = String(error instanceof Error ? error.message : error).split('\n')
    throw new FerryError('CONFIG_INVALID', `${file}: ${message}`, { cause: error })
  }
}
