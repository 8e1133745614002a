import { expect, test } from 'vitest'
import { FAULTS } from '../../servers/faults/plan.ts'
import type { ServiceName } from '../../servers/faults/services.ts'
import { openLanes } from './fault-lanes.ts'
import { fillListed, operations } from './fault-operations.ts'
import { describeOutcomes, type Outcome, runTrial } from './fault-trial.ts'

const IS_SOAK = process.env['FERRY_SOAK'] === '1'
const TRIALS = IS_SOAK ? 700 : 40
/** Most of a trial is waiting for what has stalled. */
const LANES = 8
/** The first of the seeds; another for other trials. */
const SEED = Number(process.env['FERRY_SEED'] ?? 1)
/** More than a page of the service, or just some. */
const LISTED: Readonly<Record<ServiceName, number>> = IS_SOAK
  ? { s3: 1_100, azure: 5_100, gcs: 1_100 }
  : { s3: 30, azure: 30, gcs: 30 }

test.each(['s3', 'azure', 'gcs'] as const)(
  '%s says done only of what is done, whatever the network and the service do',
  async service => {
    await using opened = await openLanes(service, LANES)
    const [first] = opened.lanes
    if (first === undefined) throw new Error('no lane')
    await fillListed(first, LISTED[service])
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
  },
  1_800_000,
)
