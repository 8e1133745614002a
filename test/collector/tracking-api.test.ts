import { Analytics } from '@segment/analytics-node'
import { expect, test } from 'vitest'
import { CollectorProject } from '../support/collector.ts'

test("Segment's own library sends through the tracking API", async () => {
  await using project = await CollectorProject.make('{ write_keys: [writer], workers: 1 }')
  const collector = await project.start()
  const analytics = new Analytics({ writeKey: 'writer', host: collector.url, flushAt: 3 })
  analytics.identify({ userId: 'u-1', traits: { plan: 'pro' } })
  analytics.track({ userId: 'u-1', event: 'Task created', properties: { list: 'inbox', count: 3 } })
  analytics.page({ anonymousId: 'a-1', name: 'Home' })
  analytics.group({ userId: 'u-1', groupId: 'g-1' })
  analytics.alias({ userId: 'u-1', previousId: 'a-1' })
  await analytics.closeAndFlush()
  expect(await collector.stop()).toBe(0)
  const events = await project.delivered()
  expect(events.map(one => [one.event, one.user_id])).toEqual(
    expect.arrayContaining([
      ['Task created', 'u-1'],
      ['identify', 'u-1'],
    ]),
  )
  expect(events).toHaveLength(5)
  const track = events.find(one => one.event === 'Task created')
  expect(JSON.parse(track?.parameters ?? '')).toEqual(
    expect.arrayContaining([{ name: 'list', value: 'inbox' }]),
  )
})
