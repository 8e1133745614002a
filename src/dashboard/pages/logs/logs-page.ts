import { identityOf } from '../../../core/identity.ts'
import { receiptsOf } from '../../logs/receipts.ts'
import { logListOf, logsOf } from './log-list-of.ts'
import { targetLogName } from '../../../formats/target-log-name.ts'
import { type NightTarget, TARGET_STATES } from '../../nights/night.ts'
import { definePage, type PageRequest } from '../../page.ts'
import { shorten } from '../../show/shorten.ts'
import type { LogModel, LogsModel } from './logs-model.ts'
import { renderLogs } from './render-logs.ts'

const MOST_ERRORS = 100
const COMMAND_SHOWN = 500

/** The logs of a night: errors, then every target's log, failures first, by size. */
export const logsPage = definePage<LogsModel>({
  path: '/logs',
  title: 'Logs',
  key: 'l',
  script: 'logs',
  async version({ dashboard, date }) {
    const files = identityOf(await logsOf(dashboard, date))
    return `${await dashboard.nights.version(date)} ${files} ${dashboard.results.signature(date)}`
  },
  kept: async ({ dashboard, date }) =>
    `${await dashboard.nights.version(date)} ${logListOf(dashboard).stamp(date)} ${dashboard.results.signature(date)}`,
  model: logsModel,
  render: renderLogs,
})

async function logsModel({ dashboard, date }: PageRequest): Promise<LogsModel> {
  const night = await dashboard.nights.night(date)
  const files = await logsOf(dashboard, date)
  if (files.some(one => one.lines === undefined)) dashboard.index.lack()
  const receipts = receiptsOf(await dashboard.results.read(date))
  const targets = new Map<string, NightTarget>()
  for (const target of night.targets.values()) {
    if (target.commands.length > 0) targets.set(`${targetLogName(target.name)}.log`, target)
  }
  const logs = files.map(({ name, size, lines }): LogModel => {
    const target = targets.get(name)
    return {
      log: name,
      target: target?.name ?? null,
      state: target?.state ?? null,
      size,
      lines: lines ?? null,
      attempts: target?.attempts.length ?? 0,
      ms: target?.ms ?? null,
      receipt: (target && receipts.get(target.name)) ?? null,
    }
  })
  return {
    date,
    logs: logs.sort(
      (a, b) => rank(a) - rank(b) || b.size - a.size || a.log.localeCompare(b.log, 'en'),
    ),
    bytes: files.reduce((sum, one) => sum + one.size, 0),
    errors: night.commands
      .filter(one => one.state === 'failed' || one.state === 'killed')
      .slice(-MOST_ERRORS)
      .reverse()
      .map(one => ({
        at: new Date(one.finishedAt ?? one.startedAt).toISOString(),
        target: one.target,
        commandId: one.id,
        exitCode: one.exitCode ?? null,
        attempt: one.attempt,
        command: shorten(dashboard.mask(one.command), COMMAND_SHOWN),
      })),
  }
}

/** Failures first, then what runs; logs of attempts last. */
const rank = ({ state }: LogModel): number =>
  state === null ? 9 : state === 'failed' || state === 'running' ? TARGET_STATES.indexOf(state) : 5
