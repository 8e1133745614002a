import { FerryError } from '../../core/errors.ts'
import { engineOf } from '../../databases/open-database.ts'
import { holdSource } from '../../mirror/holder/hold-source.ts'
import type { CommandContext } from '../command.ts'
import { openProject } from '../project.ts'

/** `ferry mirror hold SOURCE`: what the first reader of a night starts; nobody calls it by hand. */
export async function hold([name]: readonly string[], context: CommandContext): Promise<number> {
  const { directory, environment, signal, logger } = context
  const project = await openProject(directory, environment)
  const config = name === undefined ? undefined : project.config.sources[name]
  if (name === undefined || config === undefined) {
    throw new FerryError('USAGE', 'hold takes a source of ferry.yaml')
  }
  const projectDirectory = project.directory
  const settings = { name, config, projectDirectory, environment, signal, logger }
  await holdSource(await engineOf(config.url), settings)
  return 0
}
