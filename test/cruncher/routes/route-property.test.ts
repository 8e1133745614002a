import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseRule } from '../../../src/cruncher/routes/parse-rule.ts'
import { growRoutes } from '../../../src/cruncher/routes/route-nodes.ts'
import type { RouteRule } from '../../../src/cruncher/routes/route-rule.ts'
import { compileRoutes, RouteTree } from '../../../src/cruncher/routes/route-tree.ts'
import { naiveRoute, type NaiveRequest } from './naive-routes.ts'

const RUNS = process.env['FERRY_SOAK'] === undefined ? 1_000 : 100_000

const ruleSegment = fc.constantFrom(
  'a',
  'b',
  'ab',
  'a.json',
  'é',
  '%61',
  '%2F',
  '%25',
  'a;b',
  '*',
  ':x',
  ':x.json',
  'a:x',
  ':x-:y',
  ':x.:y',
  ':x-:y.json',
  'a*b',
  '*a*',
)
const ruleText = fc
  .record({
    methods: fc.constantFrom('', 'GET ', 'PUT ', 'GET,PUT ', 'PROPFIND|GET '),
    host: fc.constantFrom('', '', '', '//h.x', '//*.x', '//*.h.x', '//*.g.h.x'),
    segments: fc.array(ruleSegment, { maxLength: 4 }),
    rest: fc.constantFrom('', '', '/', '/*', '/**'),
  })
  .map(
    ({ methods, host, segments, rest }) =>
      `${methods}${host}${segments.map(segment => `/${segment}`).join('') + rest || '/'}`,
  )
/** Without the later of two rules that take the same requests. */
const rules = fc.array(ruleText, { maxLength: 20 }).map(texts => {
  let kept: RouteRule[] = []
  for (const [index, text] of texts.entries()) {
    const rule = parseRule(text)
    if (typeof rule === 'string') throw new Error(rule)
    const more = [...kept, { ...rule, name: `r${index}`, place: '' }]
    let isConflict = false
    growRoutes(more, () => (isConflict = true))
    if (!isConflict) kept = more
  }
  return kept
})
const pathSegment = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    'ab',
    'ac',
    'aa',
    'aab',
    'a.json',
    '.json',
    'b.json',
    'x-y',
    '-',
    'x-y-z.json',
    'x.y',
    '..',

    '',
    '%61',
    '%c3%a9',
    '\u00c3\u00a9',
    '%2f',
    '%2F',
    '%',
    '%25',
    '%zz',
    '%4',
    'a;c',
    ';',
    ';a%',
    '%3b',
  ),
  fc.string({ unit: fc.constantFrom(...Array.from('ab.-%;26f\u0000\u00ff')), maxLength: 8 }),
)
const anyPath = fc.array(pathSegment, { maxLength: 6 }).map(segments => segments.join('/'))
/** Made of a rule, with something for each parameter, so that many requests have a route. */
function pathOf(rules: readonly RouteRule[]): fc.Arbitrary<string> {
  if (rules.length === 0) return anyPath
  return fc
    .tuple(fc.constantFrom(...rules), fc.array(pathSegment, { minLength: 12, maxLength: 12 }))
    .map(([{ segments, rest }, values]) => {
      let used = 0
      const filled = segments.map(({ texts }) =>
        texts.reduce((text, next) => `${text}${values[used++ % values.length] ?? ''}${next}`),
      )
      if (rest !== 'none') filled.push(...values.slice(used, used + 2))
      return filled.join('/')
    })
}
function requestFor(rules: readonly RouteRule[]): fc.Arbitrary<NaiveRequest> {
  return fc.record({
    method: fc.constantFrom('GET', 'GET', 'PUT', 'get', 'DELETE', 'PROPFIND', 'GE', ''),
    host: fc.constantFrom(
      '',
      '',
      'h.x',
      'H.X:80',
      'g.h.x',
      'f.g.h.x.',
      'x',
      '.x',
      'hh.x',
      'a.b:c',
      '[::1]:80',
    ),
    path: fc
      .record({
        head: fc.constantFrom(
          '/',
          '/',
          '/',
          '',
          '//',
          'http://h.x/',
          'https://u:p@g.h.x:443/',
          '://',
        ),
        path: fc.oneof(anyPath, { arbitrary: pathOf(rules), weight: 4 }),
        tail: fc.constantFrom('', '', '', '/', '?q=/a', '#/a?', '/?/a'),
      })
      .map(({ head, path, tail }) => head + path + tail),
  })
}
/** With so few, all that is known of the paths is forgotten many times. */
const FEW_CELLS = 200

const cases = rules.chain(rules =>
  fc.record({
    rules: fc.constant(rules),
    requests: fc.array(requestFor(rules), { minLength: 5, maxLength: 10 }),
  }),
)

test('a request gets the route that a plain reading of the rules gives it', () => {
  fc.assert(
    fc.property(cases, ({ rules, requests }) => {
      const tree = compileRoutes(rules)
      for (const { method, path, host } of requests) {
        const bytes = new Uint8Array(Buffer.from(`${method}${path}${host}`, 'latin1'))
        const pathTo = method.length + path.length
        const number = tree.find(
          { bytes, from: 0, to: method.length },
          { bytes, from: method.length, to: pathTo },
          { bytes, from: pathTo, to: bytes.length },
        )
        expect(tree.names[number], `${method} ${path} ${host}`).toBe(
          naiveRoute(rules, { method, path, host }),
        )
      }
    }),
    { numRuns: RUNS },
  )
})

test('what was forgotten is found again', () => {
  fc.assert(
    fc.property(cases, ({ rules, requests }) => {
      const [tree, forgetful] = [
        compileRoutes(rules),
        new RouteTree(
          rules,
          growRoutes(rules, () => {}),
          FEW_CELLS,
        ),
      ]
      for (const { method, path } of requests) {
        const bytes = Buffer.from(method + path, 'latin1')
        const ofMethod = { bytes, from: 0, to: method.length }
        const ofPath = { bytes, from: method.length, to: bytes.length }
        expect(forgetful.find(ofMethod, ofPath)).toBe(tree.find(ofMethod, ofPath))
      }
    }),
    { numRuns: RUNS / 2 },
  )
})

test('the order of the rules does not matter', () => {
  fc.assert(
    fc.property(cases, ({ rules, requests }) => {
      const [tree, reversed] = [compileRoutes(rules), compileRoutes(rules.toReversed())]
      for (const { method, path } of requests) {
        const places = [method, path].map(text => {
          const bytes = Buffer.from(text, 'latin1')
          return { bytes, from: 0, to: bytes.length }
        })
        const [ofMethod, ofPath] = places
        if (ofMethod === undefined || ofPath === undefined) throw new Error('there are two')
        expect(reversed.names[reversed.find(ofMethod, ofPath)]).toBe(
          tree.names[tree.find(ofMethod, ofPath)],
        )
      }
    }),
    { numRuns: RUNS / 2 },
  )
})
