import type { Dashboard } from '../../dashboard.ts'
import { LogList } from '../../logs/list-logs.ts'

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
