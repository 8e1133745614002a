import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FerryError } from '../../core/errors.ts'
import type { LogicalDate } from '../../core/logical-date.ts'
import { type Counts, parseCounts } from '../../formats/counts.ts'
import { namesIn } from '../nights/night-files.ts'

/** What the steps of a night counted; a file that is none of ours is passed over. */
export async function readCounts(project: string, date: LogicalDate): Promise<Counts[]> {
  const folder = join(project, 'results', date, 'counts')
  const steps = await namesIn(folder)
  const found: Counts[] = []
  for (const step of steps) {
    const names = (await namesIn(join(folder, step))).filter(name => name.endsWith('.json'))
    const read = await Promise.all(names.map(name => readOne(join(folder, step, name), name)))
    found.push(...read.flatMap(one => one ?? []))
  }
  return found
}

async function readOne(path: string, name: string): Promise<Counts | undefined> {
  try {
    return parseCounts(await readFile(path, 'utf8'), name)
  } catch (error) {
    if (error instanceof FerryError) return undefined
    throw error
  }
}
