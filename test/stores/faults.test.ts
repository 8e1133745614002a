import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FAULTS } from '../../servers/faults/plan.ts'
import type { StoreName } from '../../servers/faults/services.ts'
import { writeObject } from '../../src/stores/write-object.ts'
import { readWhole } from './fault-checks.ts'
import { type Lane, type Lanes, openLanes } from './fault-lanes.ts'
import { fillListed, operations } from './fault-operations.ts'
import { describeOutcomes, type Outcome, runTrial } from './fault-trial.ts'

const IS_SOAK = process.env['FERRY_SOAK'] === '1'
/** A third of the trials meets no fault; of three services' in full, more than 2,000 do. */
const TRIALS = IS_SOAK ? 1_050 : 40
/** Most of a trial is waiting for what has stalled. */
const LANES = 8
/** The first of the seeds; another for other trials. */
const SEED = Number(process.env['FERRY_SEED'] ?? 1)
/** More than a page of the service, or just some. */
const LISTED: Readonly<Record<StoreName, number>> = IS_SOAK
  ? { s3: 1_100, azure: 5_100, gcs: 1_100 }
  : { s3: 30, azure: 30, gcs: 30 }

describe.each(['s3', 'azure', 'gcs'] as const)('%s', service => {
  let opened: Lanes
  beforeAll(async () => {
    opened = await openLanes(service, LANES)
  })
  afterAll(() => opened[Symbol.asyncDispose]())

  const firstLane = (): Lane => {
    const [lane] = opened.lanes
    if (lane === undefined) throw new Error('no lane')
    return lane
  }

  test('takes a completion that is sent twice on the way for one that is done', async () => {
    const lane = firstLane()
    const bytes = Buffer.alloc(6_000_000, 'x')
    const isCompletion = (method: string, url: string): boolean =>
      (method === 'POST' && url.includes('uploadId=')) || url.includes('comp=blocklist')
    lane.proxy.follow(
      ({ method, url }) => (isCompletion(method, url) ? 'repeat-request' : undefined),
      SEED,
    )
    const signal = AbortSignal.timeout(30_000)
    const options = { signal, partBytes: 5_242_880 }
    const info = await writeObject(lane.store, 'twice', Readable.from([bytes]), options)
    expect(lane.proxy.counts.get('repeat-request')).toBe(1)
    lane.proxy.follow(undefined, SEED)
    expect(info).toMatchObject({ key: 'twice', size: bytes.length })
    expect((await readWhole(lane.direct, info, signal)).equals(bytes)).toBe(true)
  })

  test('says done only of what is done, whatever the network and the service do', async () => {
    await fillListed(firstLane(), LISTED[service])
    const all = operations(LISTED[service])
    const outcomes: Outcome[] = []
    const failures: string[] = []
    let next = SEED
    await Promise.all(
      opened.lanes.map(async lane => {
        while (next < SEED + TRIALS) {
          const seed = next
          next += 1
          try {
            outcomes.push(await runTrial(lane, seed, all))
          } catch (error) {
            failures.push(String(error))
          }
        }
      }),
    )
    console.log(`${service}: ${outcomes.length} trials\n${describeOutcomes(outcomes)}`)
    expect(failures).toEqual([])
    expect(outcomes).toHaveLength(TRIALS)
    if (IS_SOAK)
      expect(FAULTS.filter(fault => !outcomes.some(one => one.faults.has(fault)))).toEqual([])
  }, 1_800_000)
})
