import { readFile } from 'node:fs/promises'
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import * as z from 'zod'
import { parseConfig } from '../../core/config-file.ts'
import { asLocalIoError, FerryError } from '../../core/errors.ts'

/** Keys and indices that lead to a value. */
export type ValuePath = readonly (string | number)[]

/** A YAML or JSON file whose values know their places. */
export interface RouteFile {
  /** As it is shown in errors. */
  readonly name: string
  readonly absolutePath: string
  readonly content: unknown
  /** `file:line:column` of a key (of an item in a list); of the nearest above it that there is. */
  place(path: ValuePath): string
}

/** @throws FerryError INPUT_MISSING, DENIED; CONFIG_INVALID with the place of each mistake of syntax. */
export async function readRouteFile(absolutePath: string, name: string): Promise<RouteFile> {
  let text: string
  try {
    text = await readFile(absolutePath, 'utf8')
  } catch (error) {
    throw asLocalIoError(error, name)
  }
  if (text.startsWith('\ufeff')) text = text.slice(1)
  return {
    name,
    absolutePath,
    content: parse(name, text),
    place: path => `${name}:${placeIn(text, path)}`,
  }
}

/** JSON is YAML, but its own parser takes a hundredth of the time; YAML's tells where a mistake is. */
function parse(file: string, text: string): unknown {
  if (/^\s*\{/.test(text)) {
    try {
      return JSON.parse(text)
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
    }
  }
  try {
    return parseConfig({ file, text }, z.unknown())
  } catch (error) {
    if (error instanceof FerryError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new FerryError('CONFIG_INVALID', `${file}: ${reason}`, { cause: error }) // too many aliases
  }
}

/** Read again, as places are only asked for when there is something to report. */
function placeIn(text: string, path: ValuePath): string {
  const counter = new LineCounter()
  let node: unknown = parseDocument(text, { lineCounter: counter }).contents
  let offset = 0
  for (const key of path) {
    const found = childOf(node, key)
    if (found === undefined) break
    offset = found.at.range?.[0] ?? offset
    node = found.value
  }
  const { line, col } = counter.linePos(offset)
  return `${line}:${col}`
}

function childOf(node: unknown, key: string | number): { at: Node; value: unknown } | undefined {
  if (isMap(node)) {
    for (const { key: name, value } of node.items)
      if (isScalar(name) && String(name.value) === String(key)) return { at: name, value }
  }
  if (isSeq<Node>(node)) {
    const item = node.items[Number(key)]
    if (item !== undefined) return { at: item, value: item }
  }
  return undefined
}
