import { FerryError } from '../core/errors.ts'
import { nearestName } from '../core/nearest.ts'
import { joinObjectUrl, type ObjectUrl, parseObjectUrl } from '../formats/object-url.ts'
import type { CommandContext } from './command.ts'
import { findProject, openProject } from './project.ts'

/** Schemes of URLs; any other word before a colon is a store's name of ferry.yaml. */
const SCHEMES = new Set('file s3 gs az azure http https wasb wasbs wasbc abfs abfss'.split(' '))

/**
 * What a URL, a path, or `STORE:path` on the command line stands for. A store's own relative path
 * starts at ferry.yaml, any other in the working directory. @throws FerryError USAGE, CONFIG_INVALID
 */
export async function objectLocation(text: string, context: CommandContext): Promise<ObjectUrl> {
  const { directory, environment } = context
  const [, name, path = ''] = /^([A-Za-z][\w-]*):(.*)$/s.exec(text) ?? []
  if (name === undefined || SCHEMES.has(name)) return parseObjectUrl(text, directory)
  if (path.startsWith('//') || findProject(directory) === undefined) {
    return parseObjectUrl(text, directory) // which says what is wrong with it
  }
  const project = await openProject(directory, environment)
  const { stores } = project.config
  const base = stores[name]
  if (base === undefined) {
    const near = nearestName(name, Object.keys(stores))
    const known = Object.keys(stores).join(', ') || 'none'
    throw new FerryError('USAGE', `no store \`${name}\` in ferry.yaml`, {
      hint: near === undefined ? `there are: ${known}` : `did you mean \`${near}:${path}\`?`,
    })
  }
  return joinObjectUrl(parseObjectUrl(base, project.directory), path)
}
