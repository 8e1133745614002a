import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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
import { rowOnPage } from './tested-page.ts'

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
    afterAll(() => suite.end())
    for (const chapter of CHAPTERS) chapter(suite)
    test('docs/stores-tested.md counts these cases, all of them kept (UPDATE_DOCS=1 writes it)', async () => {
      const counted = tableRow(row, tally)
      expect([...tally].filter(([, { cases, kept }]) => kept < cases)).toEqual([])
      expect(await rowOnPage(counted)).toBe(counted)
      expect(await rowOnPage(`| driver |`)).toBe(
        `| ${['driver', 'server', ...tally.keys(), 'all'].join(' | ')} |`,
      )
    })
  })
}

/** A row of the conformance table: the cases of each chapter, and of all. */
function tableRow({ name, server }: DriverRow, tally: Tally): string {
  const counts = Array.from(tally.values(), ({ cases }) => cases)
  const all = counts.reduce((sum, cases) => sum + cases, 0)
  return `| ${[name, server, ...counts, all].join(' | ')} |`
}
