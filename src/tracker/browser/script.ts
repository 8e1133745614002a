/** For a <script> tag: `ferryTracker.createTracker(...)`. */
import { createTracker } from './tracker.ts'

Object.assign(globalThis, { ferryTracker: { createTracker } })
