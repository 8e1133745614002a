import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { FerryError, systemErrorCode } from '../core/errors.ts'
import { readMakeDatabase } from '../flow/read-make-database.ts'
import type { CommandContext } from './command.ts'
import { openProject } from './project.ts'

/** Commands whose operands are names of the project, not files. */
const NAMED: Readonly<Record<string, (context: CommandContext) => Promise<string[]>>> = {
  run: targetNames,
  model: modelNames,
}

/** Commands whose operands are objects: of a store of the project, or files. */
const OBJECTS = 'put get ls cat stat rm cp mv du sync presign mb rb'.split(' ')

export const COMMANDS_WITH_WORDS = { alone: Object.keys(NAMED), besideFiles: OBJECTS }

/**
 * What can follow a command, for the completion script. Nobody reads an error while pressing TAB:
 * outside a project, or in a broken one, there are no words.
 */
export async function completionWords(name: string, context: CommandContext): Promise<string[]> {
  try {
    if (OBJECTS.includes(name)) return await storeNames(context)
    return (await NAMED[name]?.(context)) ?? []
  } catch (error) {
    if (error instanceof FerryError) return []
    throw error
  }
}

/** Those that the makefiles name; make is asked, and nothing is made. */
async function targetNames(context: CommandContext): Promise<string[]> {
  const { directory } = await openProject(context.directory, context.environment)
  const { targets } = await readMakeDatabase({
    directory,
    environment: context.environment,
    targets: ['.ferry-none'],
    signal: context.signal,
  })
  return [...targets.values()]
    .filter(one => one.isTarget && !one.name.startsWith('.'))
    .map(one => one.name)
    .sort()
}

/** `lake:`, as what is in it follows. */
async function storeNames(context: CommandContext): Promise<string[]> {
  const { config } = await openProject(context.directory, context.environment)
  return Object.keys(config.stores)
    .map(name => `${name}:`)
    .sort()
}

async function modelNames(context: CommandContext): Promise<string[]> {
  const { directory, config } = await openProject(context.directory, context.environment)
  try {
    const files = await readdir(join(directory, config.models))
    return files
      .filter(file => file.endsWith('.sql'))
      .map(file => file.slice(0, -'.sql'.length))
      .sort()
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return []
    throw error
  }
}
