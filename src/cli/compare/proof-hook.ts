import { engineOf } from '../../databases/open-database.ts'
import type { OnSnapshot } from '../../mirror/mirror-table.ts'
import { fingerprintOf } from '../../quality/compare/open-comparison.ts'
import { takeFingerprints } from '../../quality/proof/take-fingerprints.ts'
import type { CommandContext } from '../command.ts'
import type { Project } from '../project.ts'
import { provenWarehouse } from './proven-warehouse.ts'

/**
 * What mirroring calls when it has read a table: takes the fingerprints that the warehouse is held
 * against after the load. A proof that cannot be had is told and does not keep the rows from coming:
 * the comparison then asks the source itself.
 */
export function proofHook(
  project: Project,
  { logger, signal }: Pick<CommandContext, 'logger' | 'signal'>,
): OnSnapshot {
  const { directory, config } = project
  return async ({ reader, query, key, manifest, elapsedMs }) => {
    const { source, name } = manifest.table
    const sourceConfig = config.sources[source]
    const warehouse = config.warehouses[provenWarehouse(config, `${source}.${name}`)]
    if (sourceConfig === undefined || sourceConfig.compare === false || warehouse === undefined) {
      return
    }
    const where = sourceConfig.tables[name]?.where
    try {
      const [engine, target] = [await engineOf(sourceConfig.url), await engineOf(warehouse.url)]
      await takeFingerprints({
        projectDirectory: directory,
        source,
        table: name,
        date: manifest.delivery.date,
        takenAt: manifest.delivery.takenAt,
        session: reader.session,
        writer: fingerprintOf(engine),
        identifier: engine.sql.identifier,
        described: query.table,
        columns: query.columns,
        key,
        where: where === undefined ? [] : [where],
        types: target.types,
        rows: manifest.parts.reduce((total, part) => total + (part.rows ?? 0), 0),
        readingMs: elapsedMs,
        settings: sourceConfig.compare,
      })
    } catch (error) {
      signal.throwIfAborted()
      const reason = error instanceof Error ? error.message : String(error)
      logger.warn(`${source}.${name}: no fingerprints were taken: ${reason}`)
    }
  }
}
