import type { Page } from '../page.ts'
import { qualityPage } from './quality/quality-page.ts'
import { kpiPage } from './kpis/kpi-page.ts'
import { kpisPage } from './kpis/kpis-page.ts'
import { nightPage } from './night/night-page.ts'

/** Every page, in the order of the navigation. */
export const PAGES: readonly Page[] = [nightPage, qualityPage, kpisPage, kpiPage]
