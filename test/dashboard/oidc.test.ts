import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OidcProvider, startOidcProvider } from './support/oidc-provider.ts'
import { PagesProject, type RunningWeb } from './support/pages-project.ts'

let provider: OidcProvider
let project: PagesProject
let web: RunningWeb

beforeAll(async () => {
  provider = await startOidcProvider()
  project = await PagesProject.make(`web:
  auth:
    header: { name: X-Reader, from: [127.0.0.2/32] }
    oidc: { issuer: '${provider.issuer}', client_id: ferry, client_secret: s, allow: ['@example.com', 'Ada@elsewhere.example'] }
`)
  await project.night({ date: '2026-11-21', tables: 2 })
  web = await project.serve()
})
afterAll(async () => {
  await web.stop()
  await project[Symbol.asyncDispose]()
  await provider[Symbol.asyncDispose]()
})

const cookieOf = (response: Response): string =>
  (response.headers.get('set-cookie') ?? '').split(';')[0] ?? ''

/** Up to the way back from the provider. */
async function goThere(): Promise<{ back: URL; cookie: string }> {
  const begun = await web.get('/login/oidc?next=/logs')
  const there = await fetch(begun.headers.get('location') ?? '', { redirect: 'manual' })
  return { back: new URL(there.headers.get('location') ?? ''), cookie: cookieOf(begun) }
}

const comeBack = (back: URL, cookie: string): Promise<Response> =>
  web.get(back.pathname + back.search, { cookie, accept: 'application/json' })

test.each([['ada@example.com'], ['ada@ELSEWHERE.example']])(
  '%s comes in, by the code flow with PKCE',
  async email => {
    provider.claims = { email, email_verified: true }
    const before = provider.verified
    const { back, cookie } = await goThere()
    const response = await comeBack(back, cookie)
    expect([response.status, response.headers.get('location')]).toEqual([302, '/logs'])
    expect(provider.verified).toBe(before + 1)
    const session =
      (response.headers.getSetCookie().find(one => one.startsWith('ferry_session=')) ?? '').split(
        ';',
      )[0] ?? ''
    expect((await web.get('/', { cookie: session })).status).toBe(200)
  },
)

test.each<[string, Record<string, unknown>]>([
  ['an account that is not allowed', { email: 'eve@evil.example' }],
  ['one whose address only ends alike', { email: 'eve@notexample.com' }],
  ['an address that nobody verified', { email: 'ada@example.com', email_verified: false }],
  ['an account without an address', {}],
  ['a token for somebody else', { email: 'ada@example.com', aud: 'other' }],
  ['an old token', { email: 'ada@example.com', exp: 1_000 }],
  ['a token with another nonce', { email: 'ada@example.com', nonce: 'x' }],
  ['a token of another issuer', { email: 'ada@example.com', iss: 'https://evil.example' }],
])('%s does not', async (_, claims) => {
  provider.claims = claims
  const { back, cookie } = await goThere()
  const response = await comeBack(back, cookie)
  expect(response.status).toBe(403)
  expect(response.headers.getSetCookie().some(one => one.startsWith('ferry_session='))).toBe(false)
})

test('a way back that was not begun here, was changed, or is used twice, leads nowhere', async () => {
  provider.claims = { email: 'ada@example.com' }
  const { back, cookie } = await goThere()
  expect((await comeBack(back, '')).status).toBe(403)
  const changed = new URL(back)
  changed.searchParams.set('state', 'x')
  expect((await comeBack(changed, cookie)).status).toBe(403)
  expect((await comeBack(back, cookie)).status).toBe(403) // the login ended with the try before
})
