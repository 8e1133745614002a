import type { Context } from 'hono'
import { type LogicalDate, logicalDateAt, parseLogicalDate } from '../../core/logical-date.ts'
import type { Dashboard } from '../dashboard.ts'
import type { PageRequest, WebEnvironment } from '../page.ts'

/** What every page and service is told of a request. @throws FerryError USAGE for a date that is none */
export async function readRequest(
  context: Context<WebEnvironment>,
  dashboard: Dashboard,
): Promise<PageRequest> {
  const query = new URL(context.req.url).searchParams
  const given = query.get('date')
  const date = given === null ? await newestNight(dashboard) : parseLogicalDate(given)
  const reader = context.get('reader')
  return { dashboard, date, query, reader, signal: context.req.raw.signal }
}

async function newestNight({ nights, clock, timeZone }: Dashboard): Promise<LogicalDate> {
  const [newest] = await nights.dates()
  return newest ?? logicalDateAt(clock.now(), timeZone)
}
