import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { RouteFileSource } from '../../../src/cruncher/routes/config.ts'
import { readRoutes } from '../../../src/cruncher/routes/read-routes.ts'
import { compileRoutes, type RouteTree } from '../../../src/cruncher/routes/route-tree.ts'
import { routeOf } from './tree-of.ts'

const root = await mkdtemp(join(tmpdir(), 'ferry-openapi-'))
afterAll(() => rm(root, { recursive: true }))
let folders = 0

/** The first of the files is the one that is read. */
async function treeOf(
  files: Readonly<Record<string, string>>,
  options: Partial<RouteFileSource> = {},
): Promise<RouteTree> {
  const folder = join(root, String(folders++))
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  const [file = ''] = Object.keys(files)
  const source = { file, host: undefined, basePath: undefined, ...options }
  return compileRoutes(await readRoutes([source], folder))
}

async function messageOf(files: Readonly<Record<string, string>>): Promise<string> {
  try {
    await treeOf(files)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  return 'no error'
}

const petstore = `
openapi: 3.0.3
info: { title: Pets, version: 1.0.0 }
servers:
  - url: https://{region}.example.com:{port}/api/{version}/
    variables:
      region: { default: eu }
      port: { default: '443' }
      version: { default: v3, enum: [v2, v3] }
  - url: /staging
paths:
  x-note: { get: { operationId: none } }
  /pets:
    summary: all of them
    parameters: [{ name: limit, in: query }]
    get: { operationId: listPets }
    post:
      responses: {}
  /pets/mine:
    get: { operationId: minePets }
  /pets/{petId}:
    get: { operationId: showPet }
    x-internal: { operationId: nothing }
  /pets/{petId}.json:
    get: { operationId: showPetAsJson }
  /pets/{petId}/photos/{from}-{to}:
    get: { operationId: photoRange }
  /pets/{petId}:feed:
    post: { operationId: feedPet }
  /files/{path+}:
    get: { operationId: proxy }
  /search/:
    get: { operationId: search }
  /elsewhere:
    servers: [{ url: 'https://other.example.com/' }]
    get: { operationId: elsewhere }
    put:
      servers: [{ url: '//third.example.com/deep/er' }]
      operationId: deeper
`

describe('OpenAPI 3', () => {
  test.each([
    ['GET /api/v3/pets', 'listPets'],
    ['GET /api/v2/pets', 'listPets'],
    ['GET /staging/pets?limit=3', 'listPets'],
    ['GET /pets', undefined],
    ['GET /api/v1/pets', undefined],
    ['POST /api/v3/pets', 'POST /pets'],
    ['GET /api/v3/pets/mine', 'minePets'],
    ['GET /api/v3/pets/17', 'showPet'],
    ['PUT /api/v3/pets/17', undefined],
    ['GET /api/v3/pets/17.json', 'showPetAsJson'],
    ['GET /api/v3/pets/17/photos/1-20', 'photoRange'],
    ['POST /api/v3/pets/17:feed', 'feedPet'],
    ['GET /api/v3/files/a/b/c', 'proxy'],
    ['GET /api/v3/search', 'search'],
    ['GET /elsewhere', 'elsewhere'],
    ['GET /api/v3/elsewhere', undefined],
    ['PUT /deep/er/elsewhere', 'deeper'],
    ['GET /api/v3/pets/17 eu.example.com', 'showPet'],
  ])('%s', async (request, name) => {
    expect(routeOf(await treeOf({ 'pets.yaml': petstore }), request)).toBe(name)
  })

  test.each([
    ['none', {}, ['/a']],
    ['an empty list', { servers: [] }, ['/a']],
    ['a slash', { servers: [{ url: '/' }] }, ['/a']],
    ['a host', { servers: [{ url: 'https://x.example.com' }] }, ['/a']],
    ['a scheme and a host of variables', { servers: [{ url: '{scheme}://{host}/v1' }] }, ['/v1/a']],
    ['a host of a variable', { servers: [{ url: 'https://{host}/v1' }] }, ['/v1/a']],
    [
      'a variable with its slash',
      { servers: [{ url: 'https://h/{base}', variables: { base: { default: 'api/v1' } } }] },
      ['/api/v1/a'],
    ],
    ['a variable without values', { servers: [{ url: '/{tenant}/v1' }] }, ['/any/v1/a']],
    ['a path without its slash', { servers: [{ url: 'api/v1' }] }, ['/api/v1/a']],
    ['a path from here', { servers: [{ url: './api' }] }, ['/api/a']],
    ['a host without its scheme', { servers: [{ url: 'api.example.com/v1' }] }, ['/v1/a']],
    ['a query', { servers: [{ url: 'https://h/v1?x=1' }] }, ['/v1/a']],
    ['nonsense beside one', { servers: ['x', 7, {}, { url: '/v1' }] }, ['/v1/a']],
  ])('servers: %s', async (_, servers, paths) => {
    const document = {
      openapi: '3.1.0',
      ...servers,
      paths: { '/a': { get: { operationId: 'a' } } },
    }
    const tree = await treeOf({ 'api.json': JSON.stringify(document) })
    for (const path of paths) expect(routeOf(tree, `GET ${path}`)).toBe('a')
    expect(routeOf(tree, 'GET /nowhere/a')).toBeUndefined()
  })

  test('a hundred variables of a hundred values are not all of their combinations', async () => {
    const names = Array.from({ length: 100 }, (_, i) => `v${i}`)
    const values = Array.from({ length: 100 }, (_, i) => `x${i}`)
    const tree = await treeOf({
      'api.json': JSON.stringify({
        openapi: '3.0.0',
        servers: [
          {
            url: `/${names
              .slice(0, 40)
              .map(name => `{${name}}`)
              .join('/')}`,
            variables: Object.fromEntries(names.map(name => [name, { enum: values }])),
          },
        ],
        paths: { '/a': { get: { operationId: 'a' } } },
      }),
    })
    expect(routeOf(tree, `GET ${'/x0'.repeat(40)}/a`)).toBe('a')
  })

  test('the methods of 3.2', async () => {
    const tree = await treeOf({
      'api.yaml': `
openapi: 3.2.0
paths:
  /a:
    query: { operationId: ask }
    additionalOperations:
      COPY: { operationId: copy }
`,
    })
    expect(routeOf(tree, 'QUERY /a')).toBe('ask')
    expect(routeOf(tree, 'COPY /a')).toBe('copy')
  })

  test('webhooks alone have no routes', async () => {
    const tree = await treeOf({ 'api.yaml': 'openapi: 3.1.0\nwebhooks: { x: { post: {} } }\n' })
    expect(tree.names).toEqual([])
  })

  test('a byte order mark and spaces before JSON', async () => {
    const text = '\ufeff\n {"openapi": "3.0.0", "paths": {"/a": {"get": {}}}}'
    expect((await treeOf({ 'api.json': text })).names).toEqual(['GET /a'])
  })

  test('the options of the file: its host, and a base path in place of the servers', async () => {
    const tree = await treeOf(
      { 'pets.yaml': petstore },
      { host: 'pets.example.com', basePath: '/p/' },
    )
    expect(routeOf(tree, 'GET /p/pets pets.example.com')).toBe('listPets')
    expect(routeOf(tree, 'GET /p/elsewhere pets.example.com')).toBe('elsewhere')
    expect(routeOf(tree, 'GET /p/pets')).toBeUndefined()
    expect(routeOf(tree, 'GET /staging/pets pets.example.com')).toBeUndefined()
  })
})

describe('Swagger 2', () => {
  test.each([
    ['basePath: /v2\n', 'GET /v2/users/7', 'user'],
    ['basePath: v2/\n', 'GET /v2/users/7', 'user'],
    ['basePath: /\n', 'GET /users/7', 'user'],
    ['', 'GET /users/7', 'user'],
    ['host: api.example.com\nschemes: [https]\n', 'GET /users/7', 'user'],
  ])('%j', async (head, request, name) => {
    const tree = await treeOf({
      'swagger.yaml': `swagger: 2.0\n${head}paths:\n  /users/{id}:\n    get: { operationId: user }\n`,
    })
    expect(routeOf(tree, request)).toBe(name)
  })
})

describe('references of path items', () => {
  test('within the document, to another file, to a place in it, and on from there', async () => {
    const tree = await treeOf({
      'api/openapi.yaml': `
openapi: 3.1.0
paths:
  /inside: { $ref: '#/components/pathItems/Inside' }
  /escaped: { $ref: '#/paths/~1real~1%7Bid%7D' }
  /real/{id}: { get: { operationId: real } }
  /file: { $ref: ./paths/file.yaml }
  /part: { $ref: 'paths/all.json#/items/1' }
  /both:
    $ref: '#/components/pathItems/Inside'
    post: { operationId: own }
    get: { operationId: ownGet }
components:
  pathItems:
    Inside: { get: { operationId: inside }, put: { operationId: insidePut } }
`,
      'api/paths/file.yaml': 'get: { operationId: file }\npost: { operationId: filePost }\n',
      'api/paths/all.json': '{"items": [null, {"$ref": "../more/far.yaml#/far"}]}',
      'api/more/far.yaml': 'far:\n  delete: { operationId: far }\n',
    })
    for (const [request, name] of [
      ['GET /inside', 'inside'],
      ['GET /escaped', 'real'],
      ['POST /file', 'filePost'],
      ['DELETE /part', 'far'],
      ['POST /both', 'own'],
      ['GET /both', 'ownGet'],
      ['PUT /both', 'insidePut'],
    ] as const)
      expect(routeOf(tree, request), request).toBe(name)
  })

  test.each([
    ["{ $ref: '#/nowhere' }", 'api.yaml:3:9: `#/nowhere` leads to nothing'],
    ['{ $ref: none.yaml }', 'api.yaml:3:9: `none.yaml` is in a file that does not exist'],
    [
      '{ $ref: "https://example.com/a.yaml" }',
      'api.yaml:3:9: `https://example.com/a.yaml` is not a file: bring it here, and refer to that',
    ],
    ["{ $ref: '#/paths/~1a' }", 'api.yaml:3:9: `#/paths/~1a` refers to itself'],
    ["{ $ref: '#/__proto__/x' }", 'api.yaml:3:9: `#/__proto__/x` leads to nothing'],
    ["{ $ref: '#/constructor' }", 'api.yaml:3:9: `#/constructor` leads to nothing'],
  ])('%s', async (item, message) => {
    expect(await messageOf({ 'api.yaml': `openapi: 3.0.0\npaths:\n  /a: ${item}\n` })).toBe(message)
  })
})

describe('what is wrong is told with its place', () => {
  test('two operations for the same requests', async () => {
    const text = `{
  "openapi": "3.0.0",
  "paths": {
    "/users/{id}": {"get": {"operationId": "a"}},
    "/users/{name}/": {
      "put": {"operationId": "b"},
      "get": {"operationId": "c"}
    }
  }
}`
    expect(await messageOf({ 'api.json': text })).toBe(
      'api.json:7:7: `GET /users/{name}/` (c) takes the same requests as `GET /users/{id}` (a) at api.json:4:21',
    )
  })
  test.each([
    [
      'openapi: 4.0.0\npaths: {}\n',
      'api.yaml:1:1: version `4.0.0` of OpenAPI is not known here; 2.0 and 3.x are',
    ],
    [
      'swagger: "1.2"\n',
      'api.yaml:1:1: version `1.2` of OpenAPI is not known here; 2.0 and 3.x are',
    ],
    ['openapi: 3.0.0\npaths: []\n', 'api.yaml:2:1: `paths` is not a mapping'],
    ['openapi: 3.0.0\npaths:\n  a: {}\n', 'api.yaml:3:3: the path `a` does not begin with a slash'],
    [
      'openapi: 3.0.0\npaths:\n  /{a: { get: {} }\n',
      'api.yaml:3:10: the path `/{a` has a brace without its other one in `{a`',
    ],
  ])('%j', async (text, message) => expect(await messageOf({ 'api.yaml': text })).toBe(message))

  test.each([
    'openapi: 3.0.0\npaths: { /a: }\n',
    'openapi: 3.0.0\npaths: { /a: [], /b: 7, /c: { get: x } }\n',
    'openapi: 3.0.0\n',
  ])('not all that is odd is wrong: %j', async text =>
    expect(await messageOf({ 'api.yaml': text })).toBe('no error'),
  )
})
