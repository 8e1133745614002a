import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import * as z from 'zod'
import { readIfPresent, writeFileAtomically } from '../core/atomic-write.ts'
import { systemErrorCode } from '../core/errors.ts'
import type { LogicalDate } from '../core/logical-date.ts'
import { targetLogName } from '../formats/target-log-name.ts'
import type { MakeDatabase } from './make-database.ts'
import { nightDirectory } from './night-state.ts'

const inputsSchema = z.object({
  target: z.string(),
  exit_code: z.int(),
  /** Path relative to the project, and what it was like; null when it was not there. */
  inputs: z.record(z.string(), z.string().nullable()),
})

export interface HeldFailure {
  readonly target: string
  readonly exitCode: number
  /** The recipe line that failed, expanded. */
  readonly command: string
}

/** Where the tracking shell looks (FERRY_HELD_DIR): a file for each target that it must refuse. */
export const heldDirectory = (project: string, date: LogicalDate): string =>
  join(nightDirectory(project, date), 'held')

const inputsDirectory = (project: string, date: LogicalDate): string =>
  join(nightDirectory(project, date), 'inputs')

export interface HeldPlace {
  readonly project: string
  readonly date: LogicalDate
}

/**
 * Keeps a target that failed for good from being tried again this night, until its inputs change:
 * its prerequisites, the makefiles, ferry.yaml, and the project's files that its recipe names.
 */
export async function holdTarget(
  place: HeldPlace,
  failure: HeldFailure,
  database: MakeDatabase,
): Promise<void> {
  const name = targetLogName(failure.target)
  const inputs: Record<string, string | null> = {}
  for (const path of inputsOf(place.project, failure, database)) {
    inputs[path] = await fingerprint(place.project, path, database.makefiles.includes(path))
  }
  const record: z.output<typeof inputsSchema> = {
    target: failure.target,
    exit_code: failure.exitCode,
    inputs,
  }
  await writeFileAtomically(
    join(inputsDirectory(place.project, place.date), name),
    `${JSON.stringify(record, null, 1)}\n`,
  )
  await writeFileAtomically(
    join(heldDirectory(place.project, place.date), name),
    `${failure.exitCode}\nnot tried again: it failed with exit code ${failure.exitCode} earlier in this night, and neither its command nor its inputs have changed since\n`,
  )
}

/** Lets go of the targets whose inputs have changed. Returns those that stay held, and those not. */
export async function releaseChanged(
  place: HeldPlace,
): Promise<{ readonly held: ReadonlyMap<string, number>; readonly released: readonly string[] }> {
  const folder = heldDirectory(place.project, place.date)
  await mkdir(folder, { recursive: true })
  const held = new Map<string, number>()
  const released: string[] = []
  for (const name of await readdir(folder)) {
    const inputsFile = join(inputsDirectory(place.project, place.date), name)
    const text = await readIfPresent(inputsFile)
    const parsed = text === undefined ? undefined : inputsSchema.safeParse(JSON.parse(text)).data
    if (parsed !== undefined && !(await hasChanged(place.project, parsed.inputs))) {
      held.set(parsed.target, parsed.exit_code)
      continue
    }
    await rm(join(folder, name), { force: true })
    await rm(inputsFile, { force: true })
    if (parsed !== undefined) released.push(parsed.target)
  }
  return { held, released }
}

async function hasChanged(
  project: string,
  inputs: Readonly<Record<string, string | null>>,
): Promise<boolean> {
  for (const [path, before] of Object.entries(inputs)) {
    const byContent = before?.startsWith('sha256:') === true
    if ((await fingerprint(project, path, byContent)) !== before) return true
  }
  return false
}

function inputsOf(project: string, failure: HeldFailure, database: MakeDatabase): Set<string> {
  const target = database.targets.get(failure.target)
  const paths = new Set(['ferry.yaml', ...database.makefiles])
  for (const name of target?.prerequisites ?? []) {
    if (database.targets.get(name)?.phony !== true) paths.add(name)
  }
  const words = failure.command.match(/[^\s'"`=<>|;&(){}$,]+/g) ?? []
  for (const word of words) {
    const path = relative(project, resolve(project, word))
    const isOurs = path !== '' && !path.startsWith('..') && !/^(?:\.ferry|logs)\//.test(path)
    if (isOurs && path !== failure.target) paths.add(path)
  }
  return paths
}

const HASHED_BYTES = 4_000_000

/** Small files by what they hold, others by size and time. Null when there is none. */
async function fingerprint(
  project: string,
  path: string,
  byContent: boolean,
): Promise<string | null> {
  const file = resolve(project, path)
  try {
    const status = await stat(file)
    if (!status.isFile()) return 'a folder'
    if (!byContent && status.size > HASHED_BYTES) return `${status.size} bytes, ${status.mtimeMs}`
    const hash = createHash('sha256')
    await pipeline(createReadStream(file), hash)
    return `sha256:${hash.digest('hex')}`
  } catch (error) {
    const code = systemErrorCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return null
    if (code === 'EACCES' || code === 'EPERM') return 'not readable'
    throw error
  }
}
