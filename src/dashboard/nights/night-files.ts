import { statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readIfPresentNow } from '../../core/atomic-write.ts'
import { systemErrorCode } from '../../core/errors.ts'
import { type LogicalDate, parseLogicalDate } from '../../core/logical-date.ts'
import { type NightGraph, parseNightGraph } from '../../formats/night-graph.ts'
import { type NightState, parseNightState } from '../../formats/night-state.ts'

/** Where the files of a night are. */
export const recordsPath = (project: string, date: LogicalDate): string =>
  join(project, 'logs', date, 'timing_env.log')
export const logsPath = (project: string, date: LogicalDate): string => join(project, 'logs', date)
export const statePath = (project: string, date: LogicalDate): string =>
  join(project, '.ferry/nights', date, 'night.json')
export const graphPath = (project: string, date: LogicalDate): string =>
  join(project, '.ferry/nights', date, 'graph.json')
export const holderPath = (project: string): string => join(project, '.ferry/run.json')

/** Every date that has a trace, the newest first. */
export async function listDates(project: string): Promise<LogicalDate[]> {
  const folders = ['logs', 'results', '.ferry/nights'].map(name => join(project, name))
  const names = await Promise.all(folders.map(namesIn))
  const dates = new Set(names.flat().filter(isDate))
  return [...dates].sort().reverse().map(parseLogicalDate)
}

/** Names in a folder; none when there is no such folder. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) return []
    throw error
  }
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const date = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}

export const readState = (path: string): NightState | undefined =>
  parseNightState(readIfPresentNow(path) ?? '')

export const readGraph = (path: string): NightGraph | undefined =>
  parseNightGraph(readIfPresentNow(path) ?? '')

/** Sizes and times of files, as a text that changes when one of them does. At once: a thread would take longer. */
export const stampOf = (paths: readonly string[]): string => paths.map(stampOfFile).join(' ')

function stampOfFile(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false })
  return found === undefined ? '-' : `${found.size}:${Math.round(found.mtimeMs)}:${found.ino}`
}
