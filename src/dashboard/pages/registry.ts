import type { Page } from '../page.ts'
import { qualityPage } from './quality/quality-page.ts'
import { nightPage } from './night/night-page.ts'

/** Every page, in the order of the navigation. */
export const PAGES: readonly Page[] = [nightPage, qualityPage]
