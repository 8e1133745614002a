import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { API_SECRETS, type ApiServer, startApi, TOKEN_PREFIX } from '../../servers/api.ts'
import { PullProject } from './pull-project.ts'

const THINGS = 47
const TOKEN_USES = 2

let api: ApiServer
beforeAll(async () => {
  api = await startApi({ things: THINGS, tokenUses: TOKEN_USES })
})
afterAll(() => api.stop())

/** As they are in the environment of a night; ferry.yaml names the variables. */
const ENVIRONMENT = {
  API_BEARER: API_SECRETS.bearer,
  API_PASSWORD: API_SECRETS.password,
  API_KEY: API_SECRETS.key,
  API_CLIENT_SECRET: API_SECRETS.clientSecret,
}

const oauth = (send: string) => ({
  oauth: {
    token_url: `${api.url}/token`,
    client_id: API_SECRETS.clientId,
    client_secret: '${API_CLIENT_SECRET}',
    send,
  },
})

const WAYS: Readonly<Record<string, () => unknown>> = {
  'a bearer token': () => ({ bearer: '${API_BEARER}' }),
  'user and password': () => ({ basic: { user: API_SECRETS.user, password: '${API_PASSWORD}' } }),
  'a key in a header': () => ({ key: { header: 'X-Api-Key', value: '${API_KEY}' } }),
  'a key in a parameter': () => ({ key: { query: 'api_key', value: '${API_KEY}' } }),
  'OAuth, the client’s credentials in a header': () => oauth('basic'),
  'OAuth, the client’s credentials in the body': () => oauth('body'),
}

/** Every spelling of every secret that could give it away. */
const SPELLINGS = [
  ...[API_SECRETS.bearer, API_SECRETS.password, API_SECRETS.key, API_SECRETS.clientSecret].flatMap(
    secret => [
      secret,
      encodeURIComponent(secret),
      new URLSearchParams({ s: secret }).toString().slice(2),
      Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    ],
  ),
  Buffer.from(`${API_SECRETS.user}:${API_SECRETS.password}`).toString('base64'),
  TOKEN_PREFIX,
]

/** Looks for secrets in all that a run printed and left. */
async function assertSecret(project: PullProject, printed: string): Promise<void> {
  expect(SPELLINGS.filter(secret => printed.includes(secret))).toEqual([])
  for (const file of await project.files()) {
    const bytes = await readFile(file)
    expect([file, SPELLINGS.filter(secret => bytes.includes(secret))]).toEqual([file, []])
  }
}

describe.each(Object.entries(WAYS))('%s', (_, auth) => {
  const source = (path: string) => ({
    shop: {
      url: `${api.url}${path}`,
      table: 'things',
      auth: auth(),
      key: 'id',
      rows: '$.items',
      pagination: { cursor: 'next_page' },
    },
  })

  test('opens the door, and is in nothing that is printed or left', async () => {
    await using project = await PullProject.make(source('/secure/cursor'))
    const { code, stdout, stderr } = await project.pull([], { ...ENVIRONMENT, FERRY_DEBUG: '1' })
    expect([code, stderr]).toEqual([0, ''])
    expect(await project.rows('shop.things')).toHaveLength(THINGS)
    expect((await project.files()).length).toBeGreaterThan(5)
    await assertSecret(project, stdout + stderr)
  })

  test('a wrong one is refused, and the service’s own words do not give it away', async () => {
    await using project = await PullProject.make(source('/secure/cursor'))
    const wrong = Object.fromEntries(
      Object.entries(ENVIRONMENT).map(([name, value]) => [name, `${value}-wrong-1d`]),
    )
    const { code, stdout, stderr } = await project.pull([], { ...wrong, FERRY_DEBUG: '1' })
    expect(code).toBe(77)
    expect(stderr).toContain('answered 401')
    expect(stderr).not.toContain('wrong-1d')
    await assertSecret(project, stdout + stderr)
  })
})

test('an expired token is asked for anew, and no more often than it must be', async () => {
  await using project = await PullProject.make({
    shop: { url: `${api.url}/secure/link`, auth: oauth('basic'), pagination: { link: 'next' } },
  })
  const before = await api.requests()
  const { code, stderr } = await project.pull([], ENVIRONMENT)
  expect([code, stderr]).toEqual([0, ''])
  expect(await project.rows('shop.shop')).toHaveLength(THINGS)
  const after = await api.requests()
  const pages = Math.ceil(THINGS / 10)
  const tokens = (after['/token'] ?? 0) - (before['/token'] ?? 0)
  expect(tokens).toBe(Math.ceil(pages / TOKEN_USES))
})

test('secrets are not sent to where a service redirects', async () => {
  await using other = await startApi({ things: 3 })
  await using project = await PullProject.make({
    shop: {
      url: `${api.url}/away?to=${encodeURIComponent(`${other.url}/secure/link`)}`,
      auth: { bearer: '${API_BEARER}' },
    },
  })
  const { code, stderr } = await project.pull([], ENVIRONMENT)
  expect(code).toBe(77)
  expect(stderr).toContain('not allowed: undefined')
})
