import type { Page } from '../page.ts'
import { askPage } from './ask/ask-page.ts'
import { ganttPage } from './gantt/gantt-page.ts'
import { graphPage } from './graph/graph-page.ts'
import { kpiPage } from './kpis/kpi-page.ts'
import { kpisPage } from './kpis/kpis-page.ts'
import { logsPage } from './logs/logs-page.ts'
import { logViewPage } from './logs/view-page.ts'
import { nightPage } from './night/night-page.ts'
import { qualityPage } from './quality/quality-page.ts'

/** Every page, in the order of the navigation. */
export const PAGES: readonly Page[] = [
  nightPage,
  logsPage,
  logViewPage,
  ganttPage,
  graphPage,
  qualityPage,
  kpisPage,
  kpiPage,
  askPage,
]
