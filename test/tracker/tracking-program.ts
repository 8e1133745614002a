/**
 * `node tracking-program.ts URL FOLDER RUN COUNT`: tracks COUNT events named RUN-1, RUN-2, ..., says
 * the name of each that is in the queue, then sends all and says `done`. With COUNT 0 it tracks until
 * it is killed.
 */
import { writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { createTracker } from 'ferry/tracker'

const [url = '', directory = '', run = '', given = '0'] = process.argv.slice(2)
const count = Number(given)
const tracker = createTracker({
  url,
  directory,
  productVersion: '2',
  batchAgeMs: 50,
  batchSize: 20,
  maxWaiting: 1_000_000, // a full queue leaves gaps, which are not looked for here
})
for (let i = 1; count === 0 || i <= count; i++) {
  const name = `${run}-${i}`
  void tracker.track(name).then(nr => nr !== undefined && writeSync(1, `${name}\n`))
  if (i % 5 === 0) await sleep(5)
}
for (let tries = 0; tries < 100 && !(await tracker.flush()); tries++) await sleep(50)
await tracker.close()
writeSync(1, 'done\n')
