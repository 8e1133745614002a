import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { parseConfig } from '../../../src/core/config-file.ts'
import { routesConfig } from '../../../src/cruncher/routes/config.ts'
import { readRoutes } from '../../../src/cruncher/routes/read-routes.ts'
import { compileRoutes, type RouteTree } from '../../../src/cruncher/routes/route-tree.ts'
import { routeOf } from './tree-of.ts'

const folder = await mkdtemp(join(tmpdir(), 'ferry-routes-'))
afterAll(() => rm(folder, { recursive: true }))

const schema = z.strictObject({ crunch: z.strictObject({ routes: routesConfig }) })

/** Lines of `routes:` in ferry.yaml, and files beside it. */
async function read(
  routes: string,
  files: Readonly<Record<string, string>> = {},
): Promise<RouteTree> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  const text = `crunch:\n  routes: ${routes}\n`
  const { crunch } = parseConfig({ file: 'ferry.yaml', text }, schema)
  return compileRoutes(await readRoutes(crunch.routes, folder))
}

async function messageOf(...given: Parameters<typeof read>): Promise<string> {
  try {
    await read(...given)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  return 'no error'
}

describe('routes are given', () => {
  test('in the configuration itself', async () => {
    const tree = await read(`
    PATCH /api/v1/tasks/:id: task.update
    GET api.example.com/users: user.list`)
    expect(routeOf(tree, 'PATCH /api/v1/tasks/7')).toBe('task.update')
    expect(routeOf(tree, 'GET /users api.example.com')).toBe('user.list')
  })
  test('in a file, whose name stands there', async () => {
    const tree = await read('routes.yaml', { 'routes.yaml': 'GET /a/:b: a\n"* /c": c\n' })
    expect(routeOf(tree, 'GET /a/1')).toBe('a')
    expect(routeOf(tree, 'PUT /c')).toBe('c')
  })
  test('below `routes:` in a file', async () => {
    const tree = await read('routes.yaml', { 'routes.yaml': 'routes:\n  GET /a: a\n' })
    expect(routeOf(tree, 'GET /a')).toBe('a')
  })
  test('in several files and in the configuration', async () => {
    const tree = await read(
      `
    - one.yaml
    - GET /c: c
    - { file: two.yaml, host: '*.Example.com', base_path: /v2/:tenant/ }`,
      { 'one.yaml': 'GET /a: a\n', 'two.yaml': 'GET /b: b\nGET other.org/b: other\n' },
    )
    expect(tree.names).toEqual(['a', 'c', 'b', 'other'])
    expect(routeOf(tree, 'GET /v2/x/b api.example.com')).toBe('b')
    expect(routeOf(tree, 'GET /v2/x/b')).toBeUndefined()
    expect(routeOf(tree, 'GET /v2/x/b other.org')).toBe('other')
  })
  test('not at all', async () => {
    expect((await read('[]')).names).toEqual([])
    expect((await read('routes.yaml', { 'routes.yaml': '' })).names).toEqual([])
    expect(schema.parse({ crunch: {} }).crunch.routes).toEqual([])
  })
})

describe('the page about routes', async () => {
  const page = await readFile(join(import.meta.dirname, '../../../docs/crunch-routes.md'), 'utf8')
  const [first = '', second = ''] = Array.from(
    page.matchAll(/```yaml\n(.*?)```/gs),
    m => m[1] ?? '',
  )
  const read = async (text: string): Promise<RouteTree> => {
    const { crunch } = parseConfig({ file: 'ferry.yaml', text }, schema)
    return compileRoutes(await readRoutes(crunch.routes, folder))
  }
  test.each([
    ['PUT /api/v1/tasks/17?x=1', 'task.update'],
    ['PURGE /health', 'health'],
    ['GET /api/v1/tasks/17.json', 'task.export'],
    ['GET /static/js/x.js', 'asset'],
    ['GET /static', undefined],
    ['GET /files/17/raw', 'file.raw'],
    ['GET /files/17/18/raw', undefined],
    ['GET /users api.example.com', 'api.users'],
  ])('its first example: %s', async (request, name) => {
    expect(routeOf(await read(first), request)).toBe(name)
  })
  test('its second example', async () => {
    const openApi =
      '{"openapi": "3.1.0", "servers": [{"url": "/v9"}], "paths": {"/all": {"get": {}}}}'
    await mkdir(join(folder, 'users'), { recursive: true })
    await mkdir(join(folder, 'tasks'), { recursive: true })
    await writeFile(join(folder, 'routes.yaml'), 'GET /v1/{name}:cancel: cancel\n')
    await writeFile(join(folder, 'users/openapi.yaml'), openApi)
    await writeFile(join(folder, 'tasks/openapi.json'), openApi)
    const tree = await read(second)
    expect(routeOf(tree, 'GET /v1/17:cancel')).toBe('cancel')
    expect(routeOf(tree, 'GET /v9/all users.example.com')).toBe('GET /all')
    expect(routeOf(tree, 'GET /tasks/v2/all')).toBe('GET /all')
    expect(routeOf(tree, 'GET /v9/all')).toBeUndefined()
    expect(routeOf(tree, 'GET /health')).toBe('health')
  })
})

describe('what is wrong is told with its place', () => {
  test.each([
    [
      'GTE /x: a',
      'ferry.yaml:3:13: `crunch.routes.GTE /x`: `GTE` is not a method; did you mean `GET`?',
    ],
    [
      'GET x: a',
      'ferry.yaml:3:12: `crunch.routes.GET x`: `GET x` has no path; a route is written `METHOD /path`, `METHOD,METHOD host/path` or `/path`',
    ],
    [
      'GET h:80/x: a',
      'ferry.yaml:3:17: `crunch.routes.GET h:80/x`: `GET h:80/x`: ports are not compared; leave it out of `h:80`',
    ],
    ['GET //h_*/x: a', 'ferry.yaml:3:18'],
    [
      '/x?a=1: a',
      'ferry.yaml:3:13: `crunch.routes./x?a=1`: `/x?a=1`: what follows `?` or `#` is not compared (a literal one is written %3F, %23)',
    ],
    [
      '/x/**/y: a',
      'ferry.yaml:3:14: `crunch.routes./x/**/y`: `/x/**/y` `**` stands at the end, as a segment of its own',
    ],
    [
      '/x/{y: a',
      'ferry.yaml:3:12: `crunch.routes./x/{y`: `/x/{y` has a brace without its other one in `{y`',
    ],
    [
      '/x/:y(\\d+): a',
      'ferry.yaml:3:17: `crunch.routes./x/:y(\\d+)`: `/x/:y(\\d+)`: `(...)` is not known here: write a route for each form (a literal one is written %28)',
    ],
    ['task.update: PATCH /tasks/:id', 'turn it around, `PATCH /tasks/:id: task.update`'],
    ['/x: 7', 'ferry.yaml:3:9'],
    ['/x:', 'ferry.yaml:3:'],
    [
      '/x/:a: a\n    /x/:b: b',
      'ferry.yaml:4:12: `crunch.routes./x/:b`: takes the same requests as `/x/:a` (a) here',
    ],
  ])('%s', async (line, message) => expect(await messageOf(`\n    ${line}`)).toContain(message))

  test('all of a file at once', async () => {
    expect(
      await messageOf('bad.yaml', { 'bad.yaml': 'GET /a: a\nGTE /b: b\n\nroutes: 3\n/c: [d]\n' }),
    ).toBe(
      'bad.yaml:2:1: `GTE` is not a method; did you mean `GET`?\n' +
        'bad.yaml:4:1: `routes` has no path; a route is written `METHOD /path`, `METHOD,METHOD host/path` or `/path`\n' +
        'bad.yaml:5:1: the name of `/c` is not a text',
    )
  })
  test('two rules of different files, both', async () => {
    expect(
      await messageOf('[one.yaml, below/two.yaml]', {
        'one.yaml': '# comment\nGET /users/:id: a\n',
        'below/two.yaml': 'routes:\n  GET /x: x\n  GET,PUT /users/:name: b\n',
      }),
    ).toBe(
      'below/two.yaml:3:3: `GET,PUT /users/:name` (b) takes the same requests as `GET /users/:id` (a) at one.yaml:2:1',
    )
  })
  test.each([
    ['broken YAML', 'x.yaml', 'a: b: c\n', 'x.yaml:1:'],
    ['broken JSON', 'x.json', '{"openapi": "3.0.0",\n  "paths": {\n', 'x.json:3:1'],
    ['a list', 'x.yaml', '- /a: b\n', 'x.yaml:1:1: neither a mapping of'],
    ['two equal keys', 'x.yaml', '/a: b\n/a: c\n', 'x.yaml:2:1: '],
    [
      'an alias that is everything',
      'x.yaml',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefg'.replaceAll(
        /./g,
        (c: string) =>
          `${c}: &${c} [${Array(9)
            .fill(`*${String.fromCharCode(c.charCodeAt(0) - 1)}`)
            .join()}]\n`,
      )}`,
      'x.yaml: ',
    ],
  ])('%s', async (_, name, text, message) =>
    expect(await messageOf(name, { [name]: text })).toContain(message),
  )
  test('a file that is not there', async () => {
    expect(await messageOf('nowhere.yaml')).toBe('`nowhere.yaml` does not exist')
  })
  test.each([
    [
      '{ file: a.yaml, hots: x }',
      'ferry.yaml:3:29: `crunch.routes.0.hots`: unknown key; did you mean `host`?',
    ],
    ["{ file: a.yaml, host: 'a b' }", '`a b` is not a host'],
    ['{ file: a.yaml, base_path: api }', '`api` is not the beginning of paths'],
    ["{ file: a.yaml, base_path: '/*' }", '`/*` is not the beginning of paths'],
  ])('%s', async (item, message) => expect(await messageOf(`\n    - ${item}`)).toContain(message))
})
