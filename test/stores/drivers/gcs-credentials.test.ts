import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type GcsServer, startGcs } from '../../../servers/gcs.ts'
import { failure, json, openGcs, resource, scripted } from '../../support/scripted-gcs.ts'

const { signal } = new AbortController()
let folder: string
let server: GcsServer

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferry-gcs-'))
  server = await startGcs()
  await using store = await openGcs(withToken())
  await store.bucket.create({ signal })
  await store.put('a b/ü', Buffer.from('content'), { signal })
})

afterAll(async () => {
  await server.stop()
  await rm(folder, { recursive: true })
})

function withToken(): Record<string, string> {
  return { STORAGE_EMULATOR_HOST: server.endpoint, CLOUDSDK_AUTH_ACCESS_TOKEN: server.token }
}

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, text)
  return path
}

test('a service account signs its own tokens', async () => {
  const key = await file('key.json', server.serviceAccount)
  const environment = {
    STORAGE_EMULATOR_HOST: server.endpoint,
    GOOGLE_APPLICATION_CREDENTIALS: key,
  }
  await using store = await openGcs(environment)
  expect(await store.stat('a b/ü', { signal })).toMatchObject({ size: 7 })
})

test('gcloud’s own file is found where gcloud puts it', async () => {
  const home = join(folder, 'home')
  await mkdir(join(home, '.config', 'gcloud'), { recursive: true })
  const path = join(home, '.config', 'gcloud', 'application_default_credentials.json')
  await writeFile(path, server.serviceAccount)
  const endpoint = `${server.endpoint}/storage/v1/`
  await using store = await openGcs({
    HOME: home,
    CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE: endpoint,
  })
  expect(await store.stat('a b/ü', { signal })).toMatchObject({ size: 7 })
})

test('a token can come from a file', async () => {
  const path = await file('token', `${server.token}\n`)
  const environment = {
    STORAGE_EMULATOR_HOST: server.endpoint,
    CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: path,
  }
  await using store = await openGcs(environment)
  expect(await store.stat('a b/ü', { signal })).toMatchObject({ size: 7 })
})

test('who has no credentials is nobody to an emulator', async () => {
  await using store = await openGcs({ STORAGE_EMULATOR_HOST: server.endpoint })
  await expect(store.stat('a b/ü', { signal })).rejects.toMatchObject({ code: 'DENIED' })
})

test('who may only read cannot write', async () => {
  await using store = await openGcs({
    ...withToken(),
    CLOUDSDK_AUTH_ACCESS_TOKEN: server.readOnlyToken,
  })
  const put = store.put('x', Buffer.from('x'), { signal })
  await expect(put).rejects.toMatchObject({ code: 'DENIED' })
  const removed = await store.remove(['a b/ü'], { signal })
  expect(removed).toMatchObject([{ removed: false, error: { code: 'DENIED' } }])
})

test.each([
  ['nothing at all', ''],
  ['no JSON', 'private_key: hush'],
  ['a list', '["hush"]'],
  ['an account without its key', '{"type":"service_account","client_email":"a@b"}'],
  ['a broken key', '{"type":"service_account","client_email":"a@b","private_key":"hush"}'],
])('a file of credentials with %s is said to be wrong, and not shown', async (_, text) => {
  const path = await file('broken.json', text)
  const error: unknown = await openGcs({ GOOGLE_APPLICATION_CREDENTIALS: path }).catch(
    (thrown: unknown) => thrown,
  )
  expect(error).toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining(path) as unknown,
  })
  expect(`${String(error)}${JSON.stringify(error)}`).not.toContain('hush')
})

test('a file of credentials that is not there is named', async () => {
  const opening = openGcs({ GOOGLE_APPLICATION_CREDENTIALS: join(folder, 'none.json') })
  await expect(opening).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
})

describe('the metadata server', () => {
  test('gives the machine’s own account, and a new token when one is refused', async () => {
    let tokens = 0
    await using at = await scripted(
      ({ path, headers }) => {
        if (path.endsWith('/token')) {
          tokens += 1
          const token = { access_token: `token-${tokens}`, expires_in: 3_599, token_type: 'Bearer' }
          const headers = { 'metadata-flavor': 'Google', 'content-type': 'application/json' }
          return { headers, body: JSON.stringify(token) }
        }
        if (path.startsWith('/computeMetadata')) return { headers: { 'metadata-flavor': 'Google' } }
        const isFresh = headers.authorization === 'Bearer token-2'
        return isFresh ? json(resource('x')) : failure(401, 'authError')
      },
      { environment: {} },
    )
    vi.stubEnv('GCE_METADATA_HOST', at.server.url.slice('http://'.length))
    vi.stubEnv('HOME', folder)
    try {
      await using store = await openGcs({
        HOME: folder,
        CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE: at.server.url,
      })
      expect(await store.stat('x', { signal })).toMatchObject({ etag: '17' })
      await store.stat('x', { signal })
      expect(tokens).toBe(2)
    } finally {
      vi.unstubAllEnvs()
    }
  })
})

describe('presigned URLs', () => {
  const sign = async (key: string, method: 'GET' | 'PUT', expiresInS = 60): Promise<string> => {
    const path = await file('signer.json', server.serviceAccount)
    await using store = await openGcs({
      STORAGE_EMULATOR_HOST: server.endpoint,
      GOOGLE_APPLICATION_CREDENTIALS: path,
    })
    return await store.presign(key, { method, expiresInS, signal })
  }

  test('open an object to who has one', async () => {
    const answer = await fetch(await sign('a b/ü', 'GET'))
    expect(await answer.text()).toBe('content')
  })

  test('take an object', async () => {
    const url = await sign('given (1)', 'PUT')
    expect((await fetch(url, { method: 'PUT', body: 'new' })).status).toBe(200)
    await using store = await openGcs(withToken())
    expect(await store.stat('given (1)', { signal })).toMatchObject({ size: 3 })
  })

  test('are good for that object, that method and that time alone', async () => {
    const url = await sign('a b/ü', 'GET')
    const statuses = [
      await fetch(url.replace('a%20b', 'other')),
      await fetch(url, { method: 'PUT', body: 'x' }),
      await fetch(url.replace('X-Goog-Expires=60', 'X-Goog-Expires=604800')),
    ].map(({ status }) => status)
    expect(statuses).toEqual([403, 403, 403])
  })

  test('cannot be made with a token alone, nor for longer than a week', async () => {
    await using store = await openGcs(withToken())
    const options = { method: 'GET', expiresInS: 60, signal } as const
    await expect(store.presign('x', options)).rejects.toMatchObject({ code: 'UNSUPPORTED' })
    await expect(sign('x', 'GET', 604_801)).rejects.toMatchObject({ code: 'USAGE' })
  })
})
