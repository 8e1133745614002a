import type { Dashboard } from '../../dashboard.ts'
import type { LogicalDate } from '../../../core/logical-date.ts'
import { type LogFile, LogList } from '../../logs/list-logs.ts'

const lists = new WeakMap<object, LogList>()

/** One list for all readers of a dashboard. */
export function logListOf(dashboard: Dashboard): LogList {
  let list = lists.get(dashboard)
  if (list === undefined) {
    list = new LogList(dashboard.project)
    lists.set(dashboard, list)
  }
  return list
}

/** The logs of a night, listed anew when it, or their folder, is another. */
export async function logsOf(dashboard: Dashboard, date: LogicalDate): Promise<readonly LogFile[]> {
  const { nights } = dashboard
  const version = (await nights.isOver(date)) ? await nights.version(date) : 'running'
  return logListOf(dashboard).list(date, version)
}
