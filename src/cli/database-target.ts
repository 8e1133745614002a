import { resolve } from 'node:path'
import { FerryError } from '../core/errors.ts'
import { type LogicalDate, logicalDateAt, parseLogicalDate } from '../core/logical-date.ts'
import { nearestName } from '../core/nearest.ts'
import type { CommandContext } from './command.ts'
import { findProject, openProject, type Project } from './project.ts'

export interface DatabaseTarget {
  readonly url: string
  readonly projectDirectory: string
  /** Undefined outside of a project. */
  readonly project: Project | undefined
}

/**
 * The database that `--on` names: a warehouse or a source of ferry.yaml, or a URL, for which no
 * project is needed and whose relative path starts in the working directory. Without a name: the
 * first warehouse. @throws FerryError USAGE, CONFIG_INVALID
 */
export async function databaseTarget(
  on: string | undefined,
  context: CommandContext,
): Promise<DatabaseTarget> {
  const { directory, environment } = context
  if (on !== undefined && /^[a-z][a-z0-9+]*:/.test(on)) {
    const home = findProject(directory)
    const project = home === undefined ? undefined : await openProject(directory, environment)
    const url = on.replace(/^duckdb:([^?:]+)/, (_, path: string) => {
      return `duckdb:${resolve(directory, path)}`
    })
    return { url, projectDirectory: home ?? directory, project }
  }
  const project = await openProject(directory, environment)
  const { warehouses, sources } = project.config
  const names = [...Object.keys(warehouses), ...Object.keys(sources)]
  const name = on ?? names[0] ?? ''
  const url = (warehouses[name] ?? sources[name])?.url
  if (url === undefined) {
    const near = nearestName(name, names)
    throw new FerryError('USAGE', `no warehouse or source \`${name}\` in ferry.yaml`, {
      hint: near === undefined ? `there are: ${names.join(', ')}` : `did you mean \`${near}\`?`,
    })
  }
  return { url, projectDirectory: project.directory, project }
}

/** `--date`, else TODAY of the environment, which make exports, else the date in the time zone. */
export function commandDate(
  given: string | undefined,
  timeZone: string,
  { environment, clock }: CommandContext,
): LogicalDate {
  const text = given ?? (environment['TODAY'] || undefined)
  return text === undefined ? logicalDateAt(clock.now(), timeZone) : parseLogicalDate(text)
}
