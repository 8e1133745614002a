import { expect, test } from 'vitest'
import { Sessions } from '../../src/dashboard/access/sessions.ts'

const HOUR = 3_600_000

test('a session ends when its time is over, and not before', () => {
  let now = Date.parse('2026-11-21T08:00:00Z')
  const sessions = new Sessions(12 * HOUR, () => now)
  const ada = sessions.begin('ada')
  now += 6 * HOUR
  const grace = sessions.begin('grace')
  now += 6 * HOUR - 1
  expect(sessions.find(ada)?.name).toBe('ada')
  now += 1
  expect(sessions.find(ada)).toBeUndefined()
  expect(sessions.find(grace)?.name).toBe('grace')
  now -= 2 // a clock that is set back opens nothing again
  expect(sessions.find(ada)).toBeUndefined()
})

test('who logs out is out, and nobody else', () => {
  const sessions = new Sessions(HOUR, () => 0)
  const [ada, grace] = [sessions.begin('ada'), sessions.begin('grace')]
  sessions.end(ada)
  expect(sessions.find(ada)).toBeUndefined()
  expect(sessions.find(grace)?.name).toBe('grace')
})

test('of too many sessions the oldest ends', () => {
  const sessions = new Sessions(HOUR, () => 0)
  const first = sessions.begin('first')
  const second = sessions.begin('second')
  for (let at = 0; at < 9_999; at += 1) sessions.begin('more')
  expect(sessions.find(first)).toBeUndefined()
  expect(sessions.find(second)?.name).toBe('second')
})
