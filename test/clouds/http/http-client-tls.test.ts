import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HttpClient } from '../../../src/clouds/http/client/http-client.ts'
import { Transport } from '../../../src/clouds/http/transport.ts'

const hasOpenssl = spawnSync('openssl', ['version']).status === 0
const { signal } = new AbortController()

describe.skipIf(!hasOpenssl)('over TLS', () => {
  let folder: string
  let server: Server
  let ca: string
  let origin: string
  let handshakes = 0
  let resumed = 0
  const content = randomBytes(3_000_000)

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ferry-tls-'))
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
    const files = ['-keyout', 'key.pem', '-out', 'cert.pem']
    const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...files, ...names]
    expect(spawnSync('openssl', args, { cwd: folder }).status).toBe(0)
    ca = await readFile(join(folder, 'cert.pem'), 'utf8')
    const key = await readFile(join(folder, 'key.pem'))
    server = createServer({ key, cert: ca }, (request, response) => {
      let size = 0
      request.on('data', (piece: Buffer) => (size += piece.length))
      request.on('end', () => {
        response.setHeader('x-size', String(size))
        response.setHeader('content-length', String(content.length))
        response.end(request.method === 'HEAD' ? undefined : content)
      })
    }).listen(0, 'localhost')
    server.on('secureConnection', socket => {
      handshakes++
      if (socket.isSessionReused()) resumed++
    })
    await once(server, 'listening')
    origin = `https://localhost:${(server.address() as AddressInfo).port}`
  })

  afterAll(async () => {
    server.closeAllConnections()
    server.close()
    await rm(folder, { recursive: true })
  })

  const open = (authority?: string): Transport =>
    new Transport(
      new HttpClient({ connectMs: 5_000, keepMs: 4_000, mostConnections: 4, ca: authority }),
      10_000,
    )

  test('large bodies go and come whole, over connections that are kept', async () => {
    const transport = open(ca)
    for (let turn = 0; turn < 3; turn++) {
      const request = { origin, method: 'PUT', path: '/', headers: {}, body: content }
      const { headers, body } = await transport.send(request, signal)
      const target = Buffer.alloc(content.length)
      expect(await body.readInto(target, () => {})).toBe(content.length)
      expect(target.equals(content)).toBe(true)
      expect(headers['x-size']).toBe(String(content.length))
    }
    expect(handshakes).toBe(1)
    for (const socket of [1, 2]) {
      server.closeAllConnections()
      await new Promise(resolve => setTimeout(resolve, 50))
      const head = { origin, method: 'HEAD', path: '/', headers: {} }
      const { status, body } = await transport.send(head, signal)
      for await (const piece of body) expect(piece.length).toBe(0)
      expect([status, handshakes]).toEqual([200, socket + 1])
    }
    expect(resumed).toBeGreaterThan(0)
    await transport.close()
  })

  test('a certificate that nobody vouches for is refused', async () => {
    const transport = open()
    const sent = transport.send({ origin, method: 'GET', path: '/', headers: {} }, signal)
    await expect(sent).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
    await transport.close()
  })
})
