import { describe, expect, test } from 'vitest'
import { compileRoutes } from '../../../src/cruncher/routes/route-tree.ts'
import { routeOf, rulesOf, treeOf } from './tree-of.ts'

const tasks = treeOf({
  'GET /': 'home',
  'GET /api/v1/tasks': 'task.list',
  'POST /api/v1/tasks': 'task.create',
  'GET|HEAD /api/v1/tasks/:id': 'task.show',
  'PATCH, PUT /api/v1/tasks/:id': 'task.update',
  'GET /api/v1/tasks/overdue': 'task.overdue',
  'GET /api/v1/tasks/:id/files/:name.json': 'file.metadata',
  'GET /api/v1/tasks/:id/files/:name': 'file.show',
  'GET /api/v1/tasks/:id/files/*': 'file.below',
  '/health': 'health',
  '/static/**': 'static',
  'GET /compare/{from}-{to}': 'compare',
  'GET /v:version/status': 'status',
  'GET /caf%C3%A9/men%C3%BC': 'menu',
  'GET /a%2Fb': 'slash',
  'GET /100%25': 'percent',
})

describe('a request gets the route', () => {
  test.each([
    ['of its path', 'GET /api/v1/tasks', 'task.list'],
    ['of its method', 'POST /api/v1/tasks', 'task.create'],
    ['of each method of a rule', 'HEAD /api/v1/tasks/17', 'task.show'],
    ['of each method of a rule, however they are separated', 'PUT /api/v1/tasks/17', 'task.update'],
    ['with its method in small letters', 'patch /api/v1/tasks/17', 'task.update'],
    ['of none, when no rule has its method', 'DELETE /api/v1/tasks/17', undefined],
    ['of any method', 'PURGE /health', 'health'],
    ['of any method, when it has none', ' /health', 'health'],
    ['of none, when it has no method and the rules have', ' /api/v1/tasks', undefined],
    ['of the literal before that of the parameter', 'GET /api/v1/tasks/overdue', 'task.overdue'],
    [
      'of the parameter where the literal has not its method',
      'PATCH /api/v1/tasks/overdue',
      'task.update',
    ],
    [
      'of the text with a parameter before that of the parameter',
      'GET /api/v1/tasks/1/files/a.json',
      'file.metadata',
    ],
    [
      'of the parameter where the text does not end so',
      'GET /api/v1/tasks/1/files/a.jso',
      'file.show',
    ],
    [
      'of the parameter where nothing would be left for it',
      'GET /api/v1/tasks/1/files/.json',
      'file.show',
    ],
    ['of the wildcard, for more segments', 'GET /api/v1/tasks/1/files/a.json/x', 'file.below'],
    ['of none, where a wildcard needs a segment', 'GET /api/v1/tasks/1/files', undefined],
    ['of two asterisks, with nothing behind', 'GET /static', 'static'],
    ['of two asterisks, with much behind', 'GET /static/js/lib/x.js', 'static'],
    ['of two parameters in a segment', 'GET /compare/1.0-2.0-rc', 'compare'],
    ['of none, when one of two parameters is empty', 'GET /compare/1-', undefined],
    ['of a text before a parameter', 'GET /v2/status', 'status'],
    ['of none, when a path goes on', 'GET /api/v1/tasks/1/2', undefined],
    ['of none, when a path ends before', 'GET /api/v1', undefined],
    ['of none, when it begins like a literal', 'GET /healthy', undefined],
    ['of none, when letters differ in case', 'GET /API/v1/tasks', undefined],
  ])('%s', (_, request, route) => expect(routeOf(tasks, request)).toBe(route))
})

describe('paths that mean the same get the same route', () => {
  test.each([
    ['a query', 'GET /api/v1/tasks?done=/x', 'task.list'],
    ['a fragment', 'GET /api/v1/tasks#top', 'task.list'],
    ['a slash at the end', 'GET /api/v1/tasks/', 'task.list'],
    ['a slash and a query', 'GET /api/v1/tasks/?a', 'task.list'],
    ['empty segments', 'GET //api///v1/tasks//', 'task.list'],
    ['escapes of plain characters', 'GET /%61pi/v1/%74asks', 'task.list'],
    ['parameters of a segment', 'GET /api;x=1/v1/tasks;jsessionid=0A?b', 'task.list'],
    ['escapes in a value', 'GET /api/v1/tasks/a%2Fb%3F', 'task.show'],
    ['the empty path', 'GET ?x', 'home'],
    ['a whole URL', 'GET https://app.example.com/api/v1/tasks', 'task.list'],
    ['a URL without a path', 'GET http://app.example.com', 'home'],
    ['UTF-8 that is not escaped', 'GET /caf\u00c3\u00a9/men\u00c3\u00bc', 'menu'],
    ['UTF-8 that is escaped in part, in small letters', 'GET /caf%c3\u00a9/men%c3%bc', 'menu'],
    ['an escaped slash, which parts nothing', 'GET /a%2fb', 'slash'],
    ['a slash that is not escaped, which does', 'GET /a/b', undefined],
    ['an escaped percent sign', 'GET /100%25', 'percent'],
    ['a percent sign that escapes nothing', 'GET /100%', 'percent'],
    ['a percent sign before what is no number', 'GET /api/v1/tasks/%zz', 'task.show'],
    ['half an escape', 'GET /api/v1/tasks/%4', 'task.show'],
    ['bytes that are not UTF-8', 'GET /api/v1/tasks/\u00ff\u00fe\u0000', 'task.show'],
    ['a path without its first slash', 'GET api/v1/tasks', 'task.list'],
  ])('%s', (_, request, route) => expect(routeOf(tasks, request)).toBe(route))
})

describe('hosts', () => {
  const hosts = treeOf({
    'GET /users': 'any.users',
    'GET /status': 'any.status',
    'GET api.example.com/users': 'api.users',
    'GET //admin.example.com/*': 'admin',
    '*.example.com/users': 'tenant.users',
    'GET https://*.eu.example.com/users/': 'eu.users',
  })
  test.each([
    ['the host itself first', 'GET /users api.example.com', 'api.users'],
    ['a host in capitals, with a port and a dot', 'GET /users API.Example.COM.:8443', 'api.users'],
    [
      'a wildcard for a host with other rules of its own',
      'PUT /users api.example.com',
      'tenant.users',
    ],
    ['the longer end before the shorter', 'GET /users a.b.eu.example.com', 'eu.users'],
    [
      'the shorter end where the longer has not the method',
      'PUT /users a.eu.example.com',
      'tenant.users',
    ],
    ['a wildcard takes no bare domain', 'GET /users example.com', 'any.users'],
    ['a wildcard takes no other domain', 'GET /users badexample.com', 'any.users'],
    [
      'a wildcard of the host before a literal of any host',
      'GET /users admin.example.com',
      'admin',
    ],
    ['rules of any host where the host has none', 'GET /status api.example.com', 'any.status'],
    ['rules of any host where there is no host', 'GET /users ', 'any.users'],
    ['an address', 'GET /users [::1]:80', 'any.users'],
    ['the host of a URL', 'GET http://me:pw@api.example.com:80/users', 'api.users'],
    [
      'the host that is given before that of a URL',
      'GET http://api.example.com/users x.org',
      'any.users',
    ],
    ['a host longer than any', `GET /users ${'a.'.repeat(1_000)}example.com`, 'any.users'],
  ])('%s', (_, request, route) => expect(routeOf(hosts, request)).toBe(route))
})

test('the order of rules does not matter', () => {
  const written = {
    '/x/:a.:b': 'two',
    '/x/:a.json': 'json',
    '/x/ab:c': 'ab',
    '/x/:a': 'one',
    '/x/*': 'rest',
    '/x/**': 'any',
    'GET /:y/z': 'z',
  }
  const reversed = Object.fromEntries(Object.entries(written).toReversed())
  for (const request of ['ab.json', 'c.json', 'abc', 'a.b', 'z', 'q', 'q/q', ''].map(
    x => `GET /x/${x}`,
  ))
    expect(routeOf(treeOf(reversed), request), request).toBe(routeOf(treeOf(written), request))
})

test('rules with one name are one route', () => {
  const tree = treeOf({ 'GET /a': 'x', 'GET /b': 'y', 'GET /c': 'x' })
  expect(tree.names).toEqual(['x', 'y'])
  expect(routeOf(tree, 'GET /c')).toBe('x')
})

test('no rules, no route', () => {
  expect(routeOf(treeOf({}), 'GET /')).toBeUndefined()
})

describe('two rules for the same requests', () => {
  const conflict = (written: Record<string, string>): string => {
    try {
      compileRoutes(rulesOf(written))
    } catch (error) {
      return error instanceof Error ? error.message : ''
    }
    return 'none'
  }
  test('are an error that tells both places', () => {
    expect(conflict({ 'GET,PUT /users/:id': 'a', '/x': 'b', 'PUT /users/:name/': 'c' })).toBe(
      'routes.yaml:3:1: `PUT /users/:name/` (c) takes the same requests as `GET,PUT /users/:id` (a) at routes.yaml:1:1',
    )
  })
  test.each([
    ['with texts around the parameters', { '/a/{x}.json': 'a', '/a/{y}.json': 'b' }, true],
    ['that differ in escapes', { '/caf%C3%A9': 'a', '/café': 'b' }, true],
    ['with wildcards', { '/a/*': 'a', '/a/*rest': 'b' }, true],
    ['of one host', { 'GET A.example.com/x': 'a', 'GET a.example.com/x': 'b' }, true],
    ['with the same name', { '/a/:x': 'a', '/a/:y': 'a' }, false],
    ['with different methods', { 'GET /a/:x': 'a', 'PUT /a/:y': 'b' }, false],
    ['of which one is for any method', { '/a/:x': 'a', 'PUT /a/:y': 'b' }, false],
    ['of different hosts', { 'a.example.com/x': 'a', 'b.example.com/x': 'b' }, false],
    ['of which one takes the empty rest too', { '/a/*': 'a', '/a/**': 'b' }, false],
  ])('%s', (_, written, isConflict) => expect(conflict(written) !== 'none').toBe(isConflict))
})

describe('hostile paths', () => {
  const deep = treeOf(
    Object.fromEntries(
      Array.from({ length: 256 }, (_, n) => [
        `/${Array.from({ length: 8 }, (_, bit) => ((n >> bit) & 1 ? 'a' : `:p${bit}`)).join('/')}/end${n}`,
        `r${n}`,
      ]),
    ),
  )
  test.each([
    ['ten thousand segments', `GET ${'/a'.repeat(10_000)}`],
    ['ten million bytes', `GET /${'a'.repeat(10_000_000)}`],
    ['ten million slashes', `GET ${'/'.repeat(10_000_000)}`],
    ['a million percent signs', `GET /${'%'.repeat(1_000_000)}`],
    ['all literals and parameters tried', `GET /${'a/'.repeat(8)}nowhere`],
  ])('%s take no time', (_, request) => {
    const bytes = Buffer.from(request, 'latin1')
    const method = { bytes, from: 0, to: 3 }
    const path = { bytes, from: 4, to: bytes.length }
    const started = performance.now()
    for (let i = 0; i < 20; i++) expect(deep.find(method, path)).toBe(-1)
    expect((performance.now() - started) / 20).toBeLessThan(1_000)
  })

  test('what the longest path ends with is not looked at', () => {
    const long = `/static/${'x'.repeat(70_000)}`
    expect(routeOf(tasks, `GET ${long}/%zz`)).toBe('static')
    expect(routeOf(tasks, `GET /${'%61'.repeat(70_000)}`)).toBeUndefined()
  })
})
