import { describe, expect, test } from 'vitest'
import { LearnedTemplates, OTHER_TEMPLATE } from '../../../src/cruncher/routes/learned-templates.ts'

function templateOf(path: string, templates = new LearnedTemplates(100)): string {
  const bytes = Buffer.from(`<${path}>`, 'latin1')
  return templates.name(templates.find(bytes, 1, bytes.length - 1))
}

describe('a path without a rule gets a template', () => {
  test.each([
    ['/', '/'],
    ['', '/'],
    ['/users', '/users'],
    ['/users/', '/users'],
    ['/users/17?tab=files#top', '/users/:number'],
    ['/users/17/files/6ba7b810-9dad-11d1-80b4-00c04fd430c8', '/users/:number/files/:uuid'],
    ['/users/6BA7B810-9DAD-11D1-80B4-00C04FD430C8', '/users/:uuid'],
    ['https://app.example.com/users/17', '/users/:number'],
    ['//users//17', '/users/:number'],
    ['/users/%31%37', '/users/:number'],
    ['/users;jsessionid=0A/17', '/users/:number'],
    // numbers
    ['/t/-17', '/t/:number'],
    ['/t/12.345', '/t/:number'],
    ['/t/1,2,3', '/t/:number'],
    ['/geo/47.4979,19.0402', '/geo/:number'],
    ['/call/+36301234567', '/call/:number'],
    ['/call/555-123-4567', '/call/:number'],
    // hashes
    ['/commit/3f2a9bc', '/commit/:hash'],
    ['/commit/da39a3ee5e6b4b0d3255bfef95601890afd80709', '/commit/:hash'],
    ['/o/507F1F77BCF86CD799439011', '/o/:hash'],
    ['/static/main.dcabdcac.js', '/static/main.:hash.js'],
    // tokens
    ['/c/cus_9s6XKzkNRiz8i3', '/c/:token'],
    ['/ulid/01ARZ3NDEKTSV4RRFFQ69G5FAV', '/ulid/:token'],
    ['/v/dQw4w9WgXcQ', '/v/:token'],
    ['/slack/U024BE7LH', '/slack/:token'],
    ['/u/user12345', '/u/:token'],
    ['/jwt/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J3jVmN', '/jwt/:token'],
    ['/reset/kJhGfDsAqWeRtYuIoPzXcV', '/reset/:token'],
    [`/x/${'abc-'.repeat(40)}`, '/x/:token'],
    // slugs
    ['/blog/why-make-is-enough', '/blog/:slug'],
    ['/items/item-7', '/items/:slug'],
    ['/browse/FERRY-123', '/browse/:slug'],
    ['/p/iphone-15-pro-max-256gb', '/p/:slug'],
    ['/u/user_42', '/u/:slug'],
    // dates
    ['/day/2026-11-28', '/day/:date'],
    ['/day/28-11-2026', '/day/:date'],
    ['/month/2026-11', '/month/:date'],
    ['/at/2026-11-28T23:50:00.000Z', '/at/:date'],
    ['/at/2026-11-28T23:50:00+01:00', '/at/:date'],
    ['/blog/2026/11/28', '/blog/:number/:number/:number'],
    // others that are many
    ['/mail/jane.doe@example.com', '/mail/:email'],
    ['/mail/jane.doe%40example.com', '/mail/:email'],
    ['/ban/192.168.0.1', '/ban/:ip'],
    ['/ban/2001:db8::1', '/ban/:ip'],
    ['/pkg/react/18.2.0', '/pkg/react/:version'],
    ['/pkg/react/v1.2.3-rc.1', '/pkg/react/:version'],
    ['/search/foo%20bar', '/search/:text'],
    ['/wiki/Z\u00c3\u00bcrich', '/wiki/:text'],
    ['/wiki/\u00ff\u00fe', '/wiki/:text'],
    ['/a%2Fb', '/:text'],
    ['/%zz', '/:text'],
    ['/\u0001\u0002', '/:text'],
    // parts of a segment
    ['/users/17.json', '/users/:number.json'],
    ['/static/js/main.3f2a9bc1.chunk.js', '/static/js/main.:hash.chunk.js'],
    ['/f/6ba7b810-9dad-11d1-80b4-00c04fd430c8.pdf', '/f/:uuid.pdf'],
    ['/v1/projects/17:cancel', '/v1/projects/:number:cancel'],
    ['/odata/Users(17)/Name', '/odata/Users(:number)/Name'],
    ['/id=17', '/id=:number'],
    // what stays
    ['/wp-login.php', '/wp-login.php'],
    ['/.well-known/security.txt', '/.well-known/security.txt'],
    ['/api/v1/forgot-password', '/api/v1/forgot-password'],
    ['/terms-and-conditions', '/terms-and-conditions'],
    ['/two_factor_auth_settings', '/two_factor_auth_settings'],
    ['/apis/apps/v1beta1/v2alpha1', '/apis/apps/v1beta1/v2alpha1'],
    ['/1.1/v2.0/statuses', '/1.1/v2.0/statuses'],
    ['/oauth2/sha256/s3/log4j2/utf8', '/oauth2/sha256/s3/log4j2/utf8'],
    ['/getUserNotificationSettings', '/getUserNotificationSettings'],
    ['/Facade/deadline/defaced', '/Facade/deadline/defaced'],
    ['/@angular/core', '/@angular/core'],
    ['/../../etc/passwd', '/../../etc/passwd'],
    ['*', '/*'],
  ])('%s', (path, template) => expect(templateOf(path)).toBe(template))
})

describe('of hostile paths', () => {
  test('with thousands of segments the first are told', () => {
    expect(templateOf('/a'.repeat(10_000))).toBe(`${'/a'.repeat(16)}/*`)
    expect(templateOf('/a'.repeat(16))).toBe('/a'.repeat(16))
    expect(templateOf('/a.1'.repeat(10_000))).toBe(`${'/a.:number'.repeat(16)}/*`)
  })
  test.each(['a', '1', '.', 'a-', 'a.', '-', '_', '%', 'A1', '\u00ff', '1.', '-1', ':'])(
    'with long segments of %j the template is short',
    piece => {
      for (const times of [64, 128, 129, 1_000_000])
        expect(templateOf(`/${piece.repeat(times)}/x`).length).toBeLessThan(1_100)
    },
  )
  test('bytes of all kinds, at random, have a template without them', () => {
    const templates = new LearnedTemplates(100_000)
    let state = 1
    for (let i = 0; i < 20_000; i++) {
      const bytes = new Uint8Array(40)
      for (let at = 0; at < bytes.length; at++) {
        state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
        bytes[at] = at % 8 === 0 ? 0x2f : state >>> 24
      }
      expect(templates.name(templates.find(bytes, 0, bytes.length))).toMatch(
        /^\/$|^(?:\/[!-~]{1,64})+$/,
      )
    }
  })
})

describe('the limit', () => {
  test('beyond it all new templates are one, and the old ones go on', () => {
    const templates = new LearnedTemplates(3)
    const seen = ['/a', '/b/1', '/c', '/d', '/b/2', '/e', '/a'].map(path =>
      templateOf(path, templates),
    )
    expect(seen).toEqual(['/a', '/b/:number', '/c', 'other', '/b/:number', 'other', '/a'])
    expect(templates.last).toBe(3)
  })
  test('a path that is called like the rest is not the rest', () => {
    expect(templateOf('/other')).not.toBe(new LearnedTemplates(0).name(OTHER_TEMPLATE))
  })
  test('of none, all is one', () => {
    expect(templateOf('/a', new LearnedTemplates(0))).toBe('other')
  })
  test('templates keep their numbers and names as there come to be many', () => {
    const templates = new LearnedTemplates(5_000)
    const words = Array.from(
      { length: 5_000 },
      (_, n) => `/word/${n.toString(2).replaceAll('0', 'x').replaceAll('1', 'y')}/:x`,
    )
    for (const round of [1, 2])
      for (const [index, word] of words.entries()) {
        const bytes = Buffer.from(word)
        const number = templates.find(bytes, 0, bytes.length)
        expect(number, `round ${round}`).toBe(index + 1)
        expect(templates.name(number)).toBe(word)
      }
  })
})
