import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { asLocalIoError, FerryError } from '../../core/errors.ts'
import { utf8Text } from '../../core/utf8.ts'
import { type CrunchConfig, crunchConfig } from '../../cruncher/config.ts'
import type { CrunchPlan } from '../../cruncher/plan.ts'
import { readRoutes } from '../../cruncher/routes/read-routes.ts'
import { asFolder, printObjectUrl } from '../../formats/object-url.ts'
import type { CommandContext } from '../command.ts'
import { objectLocation } from '../object-location.ts'
import { findProject, openProject } from '../project.ts'

/** Of what is written: a newer Ferry makes anew what an older one made. */
const VERSION = 1

/** `crunch:` of the project, or all defaults outside of one. */
export async function readCrunchConfig({
  directory,
  environment,
}: CommandContext): Promise<CrunchConfig> {
  if (findProject(directory) === undefined) return crunchConfig.parse({})
  return (await openProject(directory, environment)).config.crunch
}

/** `{date}`, `{year}`, `{month}` and `{day}` of the logical date. */
export function withDate(text: string, date: string): string {
  const [year = '', month = '', day = ''] = date.split('-')
  const values: Readonly<Record<string, string>> = { date, year, month, day }
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
}

/** What is written for which configuration, and where. */
export async function planOf(
  config: CrunchConfig,
  stateDirectory: string,
  date: string,
  context: CommandContext,
): Promise<CrunchPlan> {
  const base = findProject(context.directory) ?? context.directory
  const formats = await Promise.all(
    config.formats.map(async file => ({ file, text: await readText(resolve(base, file)) })),
  )
  const routes = await readRoutes(config.routes, base)
  const output = await outputOf(config, stateDirectory, date, context)
  const { workers: _threads, inputs: _inputs, max_rejected: _limit, ...matters } = config
  const hash = createHash('sha256')
    .update(JSON.stringify({ config: matters, formats, routes, ...output, version: VERSION }))
    .digest('hex')
    .slice(0, 16)
  return { config, formats, routes, ...output, stateDirectory, hash }
}

/** A folder of this machine is written to; to a store, files are brought from a folder of the state's. */
async function outputOf(
  { output }: CrunchConfig,
  stateDirectory: string,
  date: string,
  context: CommandContext,
): Promise<Pick<CrunchPlan, 'outputDirectory' | 'outputUrl'>> {
  if (output === undefined) return { outputDirectory: undefined, outputUrl: undefined }
  const url = asFolder(await objectLocation(withDate(output, date), context))
  if (url.scheme === 'file') {
    return { outputDirectory: join(url.bucket, url.key), outputUrl: undefined }
  }
  return { outputDirectory: join(stateDirectory, 'output'), outputUrl: printObjectUrl(url) }
}

export async function readText(path: string): Promise<string> {
  try {
    return utf8Text(await readFile(path), path)
  } catch (error) {
    throw error instanceof FerryError ? error : asLocalIoError(error, path)
  }
}
