import { afterAll, beforeAll, describe } from 'vitest'
import { buckets } from './contract/buckets.ts'
import { conditions } from './contract/conditions.ts'
import { content } from './contract/content.ts'
import { copies } from './contract/copies.ts'
import { listing } from './contract/listing.ts'
import { names } from './contract/names.ts'
import { properties } from './contract/properties.ts'
import { reading } from './contract/reading.ts'
import { removal } from './contract/removal.ts'
import { makeSuite, type Tally } from './contract/suite.ts'
import { uploads } from './contract/uploads.ts'
import type { DriverRow } from './drivers.ts'

const CHAPTERS = [
  names,
  content,
  reading,
  conditions,
  properties,
  listing,
  uploads,
  copies,
  removal,
  buckets,
]

/** What every driver promises; src/stores/store.ts says it in words. */
export function storeContract(row: DriverRow): void {
  describe(`${row.name}, on ${row.server}`, () => {
    const tally: Tally = new Map()
    const suite = makeSuite(row, tally)
    beforeAll(() => suite.begin())
    afterAll(async () => {
      await suite.end()
      process.stdout.write(printTally(row, tally))
    })
    for (const chapter of CHAPTERS) chapter(suite)
  })
}

/** A line of the conformance table for each chapter: cases kept of all. */
function printTally({ name, server }: DriverRow, tally: Tally): string {
  const counts = [...tally.values()]
  const cases = counts.reduce((sum, count) => sum + count.cases, 0)
  const kept = counts.reduce((sum, count) => sum + count.kept, 0)
  const rows = [...tally.entries(), ['all', { cases, kept }] as const]
  const lines = rows.map(([chapter, count]) => `${chapter} ${count.kept}/${count.cases}`)
  return `| ${name} | ${server} | ${lines.join(' | ')} |\n`
}
