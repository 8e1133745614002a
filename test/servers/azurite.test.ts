import { spawnSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { type AzuriteServer, startAzurite } from '../../servers/azurite.ts'

const VERSION = '2023-11-03'

/** Creates a container, signed with a key ("Authorize with Shared Key"). */
async function createContainer(server: AzuriteServer, key: string): Promise<number> {
  const date = new Date().toUTCString()
  const path = `/${server.account}/${server.account}/made`
  const head = ['PUT', ...Array<string>(11).fill('')]
  const headers = [`x-ms-date:${date}`, `x-ms-version:${VERSION}`]
  const text = [...head, ...headers, path, 'restype:container'].join('\n')
  const signature = createHmac('sha256', Buffer.from(key, 'base64')).update(text).digest('base64')
  const answer = await fetch(`${server.endpoint}/made?restype=container`, {
    method: 'PUT',
    headers: {
      'x-ms-date': date,
      'x-ms-version': VERSION,
      authorization: `SharedKey ${server.account}:${signature}`,
    },
  })
  await answer.arrayBuffer()
  return answer.status
}

test('a server lets in who has its key, nobody else, and is gone after stop', async () => {
  const server = await startAzurite()
  expect(await createContainer(server, Buffer.from('another key').toString('base64'))).toBe(403)
  expect(await createContainer(server, server.key)).toBe(201)
  await server.stop()
  await server.stop()
  expect(spawnSync('kill', ['-0', String(server.pid)]).status).not.toBe(0)
  await expect(fetch(server.endpoint)).rejects.toThrow()
})
