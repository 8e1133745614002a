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

/** As `@jitsu/js` 1.11.0 sends it: a request a message, the key in a header of its own, the type in the path. */
test.each(['/api/s', '/api/s/s2s'])("Jitsu's library sends to %s", async folder => {
  await using project = await CollectorProject.make('{ write_keys: ["id:secret"], workers: 1 }')
  const collector = await project.start()
  const message = {
    type: 'track',
    event: 'Task created',
    userId: 'u-1',
    anonymousId: 'a-1',
    properties: { list: 'inbox', count: 3 },
    timestamp: '2026-03-01T10:00:00.250Z',
    sentAt: '2026-03-01T10:00:00.250Z',
    messageId: 'm-1',
    writeKey: 'id:***',
    context: {
      library: { name: '@jitsu/js', version: '1.11.0', env: 'node' },
      traits: { plan: 'pro' },
      page: {},
      clientIds: {},
      campaign: {},
    },
  }
  const send = async (type: string, key: string) => {
    const answer = await fetch(`${collector.url}${folder}/${type}`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'X-Write-Key': key,
        Origin: 'https://a.example',
      },
      body: JSON.stringify({ ...message, type }),
    })
    const origin = answer.headers.get('access-control-allow-origin')
    return { status: answer.status, origin, body: await answer.json() }
  }
  // The library reads the answer as JSON.
  const taken = { status: 200, origin: '*', body: { success: true } }
  for (const type of ['identify', 'track', 'page', 'group', 'alias']) {
    expect(await send(type, 'id:secret')).toEqual(taken)
  }
  expect(await send('track', 'id:other')).toMatchObject({ status: 401 })
  const asked = await fetch(`${collector.url}${folder}/track`, {
    method: 'OPTIONS',
    headers: { Origin: 'https://a.example', 'Access-Control-Request-Headers': 'x-write-key' },
  })
  expect(asked.headers.get('access-control-allow-headers')).toBe('x-write-key')
  expect(await collector.stop()).toBe(0)
  const events = await project.delivered()
  expect(events).toHaveLength(5)
  expect(events.find(one => one.event === 'Task created')).toMatchObject({
    at: '2026-03-01 10:00:00',
    user_id: 'u-1',
    device_id: 'a-1',
    client_id: '@jitsu/js',
    product_version: '1.11.0',
  })
})
