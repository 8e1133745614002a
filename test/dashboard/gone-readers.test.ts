import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { PagesProject } from './support/pages-project.ts'

/** Asks, and hangs up at once. */
function askAndGo(port: number, path: string, afterMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`)
      setTimeout(() => socket.destroy(), afterMs)
    })
    socket.once('error', reject).once('close', () => resolve())
  })
}

test('readers that go before they are answered keep nothing open: the server ends when it is told to', async () => {
  await using project = await PagesProject.make()
  await project.night({ date: '2026-11-21', tables: 200 })
  const web = await project.serve()
  const port = Number(new URL(web.url).port)
  await Promise.all(
    Array.from({ length: 200 }, (_, at) => askAndGo(port, '/events?date=2026-11-21', at % 40)),
  )
  const stopped = Promise.race([
    web.stop(),
    new Promise(resolve => setTimeout(resolve, 15_000, 'it did not end')),
  ])
  expect(await stopped).toBe(0)
})
