import { join } from 'node:path'
import { readIfPresent, writeFileAtomically } from '../../core/atomic-write.ts'
import { FerryError } from '../../core/errors.ts'
import { HISTORY_COLUMNS } from '../../databases/loading.ts'
import { type Counts, writeCounts } from '../../formats/counts.ts'
import { fingerprintsPath, parseRangeFingerprints } from '../../formats/range-fingerprints.ts'
import {
  type ComparisonReport,
  FirstKeys,
  unrepaired,
} from '../../quality/compare/comparison-report.ts'
import type { ComparisonRequest } from '../../quality/compare/open-comparison.ts'
import { type Proof, proveTable } from '../../quality/proof/prove-table.ts'
import type { CommandContext } from '../command.ts'
import { openProject, type Project } from '../project.ts'
import { compareTwo, repaired } from './compare-two.ts'
import { provenWarehouse } from './proven-warehouse.ts'
import { tablePlace } from './table-place.ts'

export interface NightWishes {
  readonly date: string
  readonly keys: number
  /** Undefined: as ferry.yaml says. */
  readonly repair: boolean | undefined
  /** The source as it is, not as it was when it was mirrored. */
  readonly live: boolean
  /** Undefined: the first that the table is loaded into. */
  readonly warehouse: string | undefined
}

/**
 * Holds a mirrored table of a warehouse against its source, as that was when it was mirrored, and writes
 * down what was found: counts, a report, and, if nothing is wrong, the make target.
 */
export async function compareNight(
  name: string,
  wishes: NightWishes,
  context: CommandContext,
): Promise<ComparisonReport> {
  const project = await openProject(context.directory, context.environment)
  const found = await compareMirrored(name, project, wishes, context)
  const { date } = wishes
  const json = `${JSON.stringify(found)}\n`
  const write = (path: string, content: string): Promise<void> =>
    writeFileAtomically(join(project.directory, path), content)
  await write(`results/${date}/compare/${name}.json`, json)
  const counts = countsOf(name, found, date, context.clock.now())
  await writeCounts(project.directory, counts)
  if (unrepaired(found) === 0) await write(`intermediate/${date}/compare/${name}`, json)
  return found
}

async function compareMirrored(
  name: string,
  project: Project,
  wishes: NightWishes,
  context: CommandContext,
): Promise<ComparisonReport> {
  const warehouse = wishes.warehouse ?? provenWarehouse(project.config, name)
  const request = await mirroredRequest(name, warehouse, { project, context })
  const config = project.config.sources[request.from]
  const saysRepair = config !== undefined && config.compare !== false && config.compare.repair
  const repair = wishes.repair ?? saysRepair
  const path = fingerprintsPath(wishes.date, name)
  const text = wishes.live ? undefined : await readIfPresent(join(project.directory, path))
  if (text !== undefined) {
    const started = performance.now()
    const fingerprints = parseRangeFingerprints(text, path)
    const { source, target } = request.comparison
    const proof = await proveTable({ fingerprints, source, target, updatedAt: request.updatedAt })
    if (proof !== undefined) {
      const told = { key: fingerprints.key, keys: wishes.keys, started }
      const report = reportOfProof(request.comparison, proof, told)
      if (!repair || report.equal || proof.examined === undefined) return report
      return await repaired(report, proof.examined, proof.lost)
    }
    context.logger.info(
      `${name}: \`${path}\` is of other columns: compared with the source as it is`,
    )
  }
  return await compareTwo(request.comparison, { keys: wishes.keys, repair }, context)
}

interface MirroredRequest {
  readonly comparison: ComparisonRequest
  readonly from: string
  readonly updatedAt: string | undefined
}

/** A mirrored table and its copy in a warehouse, which has a schema named after the source. */
async function mirroredRequest(
  name: string,
  warehouse: string,
  { project, context }: { readonly project: Project; readonly context: CommandContext },
): Promise<MirroredRequest> {
  const { place: source, mirrored } = await tablePlace(
    { text: name, table: undefined, where: [] },
    context,
  )
  if (mirrored === undefined) {
    throw new FerryError('USAGE', `\`${name}\` is not a table of a source in ferry.yaml`, {
      hint: 'name a second table to compare it with',
    })
  }
  const { settings, table } = mirrored
  const { strategy } = project.config.load.tables[name] ?? {}
  // A history is as the source when only what is true now is looked at.
  const isHistory = (strategy ?? (settings.mode === 'snapshot' ? 'history' : '')) === 'history'
  const { place: target } = await tablePlace(
    {
      text: `${warehouse}:${mirrored.source}.${table}`,
      table: undefined,
      where: isHistory ? [`${HISTORY_COLUMNS.to} IS NULL`] : [],
    },
    context,
  )
  return {
    comparison: {
      source,
      target,
      common: false,
      choice: { key: settings.key, only: settings.columns, ignored: [] },
    },
    from: mirrored.source,
    updatedAt: settings.updated_at,
  }
}

function reportOfProof(
  { source, target }: ComparisonRequest,
  proof: Proof,
  told: { readonly key: readonly string[]; readonly keys: number; readonly started: number },
): ComparisonReport {
  const first = new FirstKeys(told.key, told.keys)
  for (const row of proof.lost) first.onRow(row)
  const count = (kind: string): number => proof.lost.filter(row => row.kind === kind).length
  return {
    source: source.title,
    target: target.title,
    equal: proof.lost.length === 0,
    rows: proof.rows,
    missing: count('missing'),
    surplus: count('surplus'),
    different: count('different'),
    changed_since: proof.changedSince.length,
    told_apart: proof.isProven,
    repaired: 0,
    share: proof.share,
    source_as_of: 'mirror',
    key: told.key,
    keys: first.keys,
    left_out: [],
    checksum: 'common',
    moved: proof.moved,
    seconds: Math.round(performance.now() - told.started) / 1_000,
  }
}

function countsOf(name: string, report: ComparisonReport, date: string, now: Date): Counts {
  const { rows, missing, surplus, different, share, repaired: done } = report
  const [source = ''] = name.split('.')
  return {
    version: 1,
    step: 'compare',
    name,
    source,
    date,
    rows: { in: rows.source, out: rows.source, filtered: 0, rejected: 0 },
    compared: {
      sourceRows: rows.source,
      targetRows: rows.target,
      missing,
      surplus,
      different,
      share,
      repaired: done,
    },
    finishedAt: now.toISOString(),
  }
}
