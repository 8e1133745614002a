import { expect, test } from 'vitest'
import { Counters, sumCounters } from '../../src/collector/counters.ts'
import { RefusalLog } from '../../src/collector/refusal-log.ts'
import { silent } from '../support/silent-logger.ts'

test('a line a kind of refusal and minute, with what came since the last one', () => {
  const said: string[] = []
  const log = new RefusalLog({ ...silent, warn: message => void said.push(message) })
  const counters = new Counters()
  const tell = (): string[] => {
    const { received, stored, duplicate, rejected, busy, requests, dropped } = counters
    const gauges = { waiting: 0, connections: 0, deadLettersLost: 0 }
    log.tell(
      sumCounters([{ received, stored, duplicate, rejected, busy, requests, dropped, ...gauges }]),
    )
    return said.splice(0)
  }
  for (let time = 0; time < 1_000; time++) counters.reject('signature', 1)
  counters.reject('body_invalid', 2)
  counters.turnAway('disk_full')
  expect(tell()).toEqual([
    'events refused in the last minute: reason=signature count=1000',
    'events refused in the last minute: reason=body_invalid count=2',
    'requests turned away in the last minute: reason=disk_full count=1',
  ])
  expect(tell()).toEqual([])
  counters.reject('signature', 3)
  expect(tell()).toEqual(['events refused in the last minute: reason=signature count=3'])
})
