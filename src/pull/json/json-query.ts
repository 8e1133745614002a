import { compile, type JSONPathQuery } from 'json-p3'
import { FerryError } from '../../core/errors.ts'
import type { JsonValue } from './parse-json.ts'

/** A JSONPath (RFC 9535); a mere name stands for the member of that name. */
export interface JsonQuery {
  readonly text: string
  /** The names of a path that is names alone, with or without `[*]` behind: what can be streamed. */
  readonly names: readonly string[] | undefined
  all(document: JsonValue): readonly JsonValue[]
  /** The first of them; undefined where there is none. */
  first(document: JsonValue): JsonValue
}

const NAME = /^[A-Za-z_][\w-]*$/
const STEP = /\.([A-Za-z_]\w*)|\['([^'\\]*)'\]|\["([^"\\]*)"\]/y

/** @throws FerryError CONFIG_INVALID */
export function parseQuery(given: string): JsonQuery {
  const text = NAME.test(given) ? `$['${given}']` : given
  let query: JSONPathQuery
  try {
    query = compile(text)
  } catch (error) {
    const why = error instanceof Error ? error.message : ''
    throw new FerryError('CONFIG_INVALID', `\`${given}\` is no JSONPath: ${why}`, {
      cause: error,
      hint: 'write it as $.name, $.data.items or $.items[*]',
    })
  }
  // The library's own type of a value; ours is JSON too.
  const find = (document: JsonValue) => query.query(document as never).values()
  return {
    text: given,
    names: namesOf(text),
    all: find,
    first: document => find(document)[0],
  }
}

function namesOf(text: string): readonly string[] | undefined {
  const path = text.replace(/\[\*\]$|\.\*$/, '')
  const names: string[] = []
  if (!path.startsWith('$')) return undefined
  for (let at = 1; at < path.length; at = STEP.lastIndex) {
    STEP.lastIndex = at
    const step = STEP.exec(path)
    if (step === null) return undefined
    names.push(step[1] ?? step[2] ?? step[3] ?? '')
  }
  return names
}
