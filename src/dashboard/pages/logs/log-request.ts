import type { FileHandle } from 'node:fs/promises'
import { FerryError } from '../../../core/errors.ts'
import { logNameOf } from '../../logs/log-cause.ts'
import type { LineIndex } from '../../logs/line-index.ts'
import { openLog } from '../../logs/open-log.ts'
import type { PageRequest } from '../../page.ts'
import { logListOf } from './log-list-of.ts'

/** The log that a request names, by `log=` (a file's name) or `target=`. @throws FerryError USAGE */
export function logNameIn(query: URLSearchParams): string {
  const log = query.get('log')
  if (log !== null) return log
  const target = query.get('target')
  if (target !== null && target !== '') return logNameOf(target)
  throw new FerryError('USAGE', 'which log? name a `target` or a `log`')
}

/** @throws FerryError INPUT_MISSING, USAGE */
export const openNamed = ({ dashboard, date, query }: PageRequest): Promise<FileHandle> =>
  openLog(dashboard.project, date, logNameIn(query))

/** A whole number of the query, or undefined. @throws FerryError USAGE */
export function numberIn(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null || text === '') return undefined
  if (/^-?\d{1,15}$/.test(text)) return Number(text)
  throw new FerryError('USAGE', `\`${name}\` is not a whole number`)
}

/** `line=123`: the number of a line; the first is 1. @throws FerryError USAGE */
export function lineIn(query: URLSearchParams): number | undefined {
  const line = numberIn(query, 'line')
  if (line === undefined || line >= 1) return line
  throw new FerryError('USAGE', 'lines are numbered from 1')
}

/** The line numbers of the log that a request names. */
export const indexOf = ({ dashboard, date, query }: PageRequest): LineIndex =>
  logListOf(dashboard).indexes.of(date, logNameIn(query))
