import { FerryError } from '../../core/errors.ts'
import { maskUrl } from '../../core/mask-url.ts'
import { engineOf } from '../../databases/open-database.ts'
import { describeSource } from '../../mirror/describe-source.ts'
import { sourceReaderOf } from '../../mirror/take-moment.ts'
import type { CommandContext } from '../command.ts'
import { databaseTarget } from '../database-target.ts'

/**
 * `ferry mirror discover SOURCE|URL`: prints `sources:` as ferry.yaml could have it.
 * @throws FerryError USAGE, and as connecting does
 */
export async function discoverSource(
  [what, ...more]: readonly string[],
  context: CommandContext,
): Promise<number> {
  if (what === undefined || more.length > 0) {
    throw new FerryError('USAGE', 'discover takes a source of ferry.yaml, or the URL of a database')
  }
  const { environment, signal, stdout } = context
  const { url, projectDirectory } = await databaseTarget(what, context)
  const engine = await engineOf(url)
  const source = sourceReaderOf(engine, what)
  await using session = await engine.open({ url, projectDirectory, environment, signal })
  const tables = await source.discover(session)
  const schema = await engine.introspect.defaultSchema(session)
  const isUrl = what === url
  const named = isUrl
    ? { name: 'production', url: maskUrl(url) }
    : { name: what, url: maskUrl(url) }
  for (const line of describeSource(named, tables, schema)) stdout.write(line)
  return 0
}
