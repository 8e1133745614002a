import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TimeZone } from '../../../src/cruncher/time/time-zone.ts'

const NAMES = [
  'UTC',
  'Europe/Budapest',
  'America/St_Johns',
  'America/Sao_Paulo',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Africa/Casablanca',
  'Pacific/Apia',
]

test.each(NAMES)('%s: every local time finds back to the time it was', name => {
  const zone = new TimeZone(name)
  const seconds = fc.integer({ min: Date.UTC(2012, 0) / 1_000, max: Date.UTC(2030, 0) / 1_000 })
  fc.assert(
    fc.property(seconds, second => {
      const offset = zone.offsetAt(second * 1e6)
      const { first, second: other } = zone.offsetOfLocal(second * 1e6 + offset)
      expect([first, other]).toContain(offset)
    }),
  )
})
