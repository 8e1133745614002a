import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomically } from '../../core/atomic-write.ts'
import { FerryError } from '../../core/errors.ts'
import { temporaryName } from '../../core/temporary-name.ts'
import { runCommand } from '../command/run-command.ts'
import type { PullSourceConfig } from '../config.ts'
import { type Delivered, manifestPath } from '../delivery/deliver.ts'
import { stateFolder } from '../edge.ts'
import type { PullContext } from '../pull-context.ts'
import { deliverTable, lockTable } from '../pull-table.ts'
import { readLines } from '../rows/read-lines.ts'
import { parseMessage } from './messages.ts'
import { keepStreams, knownState, printEdge, type TapEdge, writeStateFile } from './tap-state.ts'
import { type TapStream, TapStreams } from './tap-streams.ts'

/**
 * Runs a Singer tap to its end and delivers each of its streams as a table; then writes
 * `intermediate/DATE/pull/SOURCE`, which says which. A tap that fails delivers nothing. Its state goes
 * the way of the rows: the next run begins where `ferry load` has committed all streams.
 */
export async function pullSinger(
  source: string,
  config: PullSourceConfig,
  context: PullContext,
): Promise<readonly Delivered[]> {
  const { project, date } = context
  using _lock = lockTable(source, context)
  const takenAt = new Date()
  const from = await knownState(project, source)
  await using streams = new TapStreams(source, config, context)
  await readTap(config.singer ?? '', from, streams, context)
  const to = edgeOf(streams, from, takenAt)
  const delivered: Delivered[] = []
  await keepStreams(
    project,
    source,
    streams.all.map(({ plan }) => plan.table),
  )
  for (const stream of streams.all) {
    delivered.push(await deliverStream(stream, { from, to, takenAt }, context))
  }
  const tables = delivered.map(({ name, account }) => ({ name, ...account }))
  const whole = JSON.stringify({ version: 1, tables })
  await writeFileAtomically(manifestPath(project, date, source), `${whole}\n`)
  return delivered
}

/** Reads all messages of a tap. */
export async function readTap(
  command: string,
  from: TapEdge | undefined,
  streams: TapStreams,
  context: PullContext,
): Promise<void> {
  const path = temporaryName(join(stateFolder(context.project), 'tap-state.json'))
  const names = command.includes('FERRY_STATE_FILE')
  const suffix = from === undefined || names ? '' : ' --state "$FERRY_STATE_FILE"'
  try {
    if (from !== undefined) await writeStateFile(path, from.state)
    const environment = from === undefined ? {} : { FERRY_STATE_FILE: path }
    const output = runCommand(command, { environment, suffix }, context)
    let number = 0
    for await (const lines of readLines(output)) {
      for (const line of lines) await streams.take(parseMessage(line, ++number))
    }
  } finally {
    await rm(path, { force: true })
  }
}

/** Where the tap is now; undefined where it never said so. */
function edgeOf(
  streams: TapStreams,
  from: TapEdge | undefined,
  takenAt: Date,
): TapEdge | undefined {
  if (streams.state === undefined) return from
  const seen = streams.all.flatMap(({ plan, active }) =>
    active === undefined ? [] : [[plan.table, active] as const],
  )
  const versions = { ...from?.versions, ...Object.fromEntries(seen) }
  const edge = { seq: takenAt.getTime(), state: streams.state }
  return Object.keys(versions).length === 0 ? edge : { ...edge, versions }
}

interface TapSpan {
  readonly from: TapEdge | undefined
  readonly to: TapEdge | undefined
  readonly takenAt: Date
}

async function deliverStream(
  { plan, landing, active, recorded }: TapStream,
  { from, to, takenAt }: TapSpan,
  context: PullContext,
): Promise<Delivered> {
  if (active !== undefined && recorded !== undefined && active !== recorded) {
    throw new FerryError(
      'UNSUPPORTED',
      `the tap activated version ${active} of \`${plan.table}\`, and its records are of ${recorded}`,
    )
  }
  // What an activated version does not hold is gone: it was sent as a whole, unless we have it already.
  const isNew = active !== undefined && from?.versions?.[plan.table] !== active
  const usual = plan.key.length > 0 ? 'incremental' : 'append'
  const mode = plan.config.mode ?? (isNew ? 'full' : usual)
  const isAll = mode === 'full' || from === undefined || isNew
  const edge = to === undefined ? null : printEdge(to)
  const reader = {
    isText: false,
    mode,
    rows: isAll ? 'all' : 'changes',
    from: from === undefined ? null : printEdge(from),
    edge: { observe: () => undefined, to: () => edge },
  } as const
  return deliverTable(plan, { reader, landing, takenAt }, context)
}
