import { join } from 'node:path'
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml'
import { readIfPresent } from '../../core/atomic-write.ts'
import { type Finding, finding, type Place } from './finding.ts'

/** A variable that a file gives, at its line there. */
export type GivenVariable = Place & { readonly name: string }

/** What a `--vars-file` gives; undefined when there is no such file, or what stands in its place. */
export type ReadVariablesFile = (
  file: string,
) => Promise<readonly GivenVariable[] | Finding | undefined>

/** Reads YAML, of which JSON is a part, for its names alone. */
export function createVariablesReader(directory: string): ReadVariablesFile {
  return async file => {
    const text = await readIfPresent(join(directory, file))
    if (text === undefined) return undefined
    const counter = new LineCounter()
    const document = parseDocument(text, { lineCounter: counter })
    const [error] = document.errors
    const lineOf = (offset = 0): number => Math.max(1, counter.linePos(offset).line)
    if (error !== undefined) {
      const message = error.message.split('\n')[0]?.replace(/ at line .*$/, '') ?? error.code
      return finding('broken-variables', { file, line: lineOf(error.pos[0]) }, message)
    }
    if (document.contents === null) return []
    if (!isMap(document.contents)) {
      return finding('broken-variables', { file, line: 1 }, 'it is no mapping of names to values')
    }
    return document.contents.items.flatMap(({ key }) =>
      isScalar(key) ? [{ name: String(key.value), file, line: lineOf(key.range?.[0]) }] : [],
    )
  }
}
