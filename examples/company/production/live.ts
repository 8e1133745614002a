/**
 * Plays the production database: `node live.ts seed` makes it as the first night finds it,
 * `node live.ts second-day` takes it on to the second night. Prints the counts as JSON.
 * FERRY_DEMO_PRODUCTION_URL says where, FERRY_DEMO_SCALE how large (1: more than 100,000 tasks).
 */
import { Client } from 'pg'
import { FIRST_NIGHT, SECOND_NIGHT } from './calendar.ts'
import { makeCompany } from './company.ts'
import { liveOn } from './second-day.ts'
import { seed } from './seed.ts'

const step = process.argv[2]
const client = new Client(process.env['FERRY_DEMO_PRODUCTION_URL'])
await client.connect()
try {
  const company = makeCompany(Number(process.env['FERRY_DEMO_SCALE'] ?? 1))
  if (step === 'seed') console.log(JSON.stringify(await seed(client, company, FIRST_NIGHT)))
  else if (step === 'second-day') {
    console.log(JSON.stringify(await liveOn(client, company, FIRST_NIGHT, SECOND_NIGHT)))
  } else throw new Error(`\`${step}\` is neither seed nor second-day`)
} finally {
  await client.end()
}
