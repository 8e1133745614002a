/**
 * A program that tracks: `node signup.ts [COLLECTOR] [FOLDER]`. What it could not send is in FOLDER,
 * and goes with the next run.
 */
import { createTracker } from 'ferry/tracker'

const [url = 'http://127.0.0.1:8080', directory = '.ferry-tracker'] = process.argv.slice(2)
const tracker = createTracker({
  url,
  directory,
  productVersion: '2.0',
  onProblem: problem => console.error(problem),
})

tracker.setUser({ userId: 'u-1', tenantId: 'shop' })
await tracker.track('signup started', { source: 'newsletter' })
await tracker.track('plan chosen', { plan: 'pro', seats: 3 })
const nr = await tracker.track('signup done')
console.log(`the last event is number ${nr} of its session`)
if (!(await tracker.close())) console.log('not all was sent: the rest goes with the next run')
