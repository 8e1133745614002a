import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ApiServer, startApi } from '../../servers/api.ts'
import { updatedAt } from '../../servers/api/things.ts'
import { PullProject } from './pull-project.ts'

const THINGS = 47

let api: ApiServer
beforeAll(async () => {
  api = await startApi({ things: THINGS })
})
afterAll(() => api.stop())

const WAYS: Readonly<Record<string, { readonly url: string; readonly [key: string]: unknown }>> = {
  'a cursor in the answer': {
    url: '/cursor',
    rows: '$.items',
    pagination: { cursor: 'next_page' },
  },
  'a cursor in a template': {
    url: '/cursor',
    rows: '$.items[*]',
    params: { next_page: '{cursor}' },
    pagination: { cursor: '$.next_page' },
  },
  'page numbers, up to an empty page': {
    url: '/page',
    rows: '$.data',
    pagination: { page: 'page' },
  },
  'page numbers, as many as it says': {
    url: '/page',
    rows: '$.data',
    pagination: { page: 'page', pages: '$.meta.pages' },
  },
  'offsets, up to an empty page': {
    url: '/offset',
    rows: 'rows',
    pagination: { offset: 'offset' },
  },
  'offsets, up to the total': {
    url: '/offset',
    rows: '$.rows',
    pagination: { offset: 'offset', total: '$.total' },
  },
  'the Link header': { url: '/link', pagination: { link: 'next' } },
  'a URL in the answer': {
    url: '/next',
    rows: '$.value',
    pagination: { next: "$['@odata.nextLink']" },
  },
  'the last row’s id, and a word whether there is more': {
    url: '/last-id',
    rows: '$.data',
    pagination: { cursor: '$.data[-1].id', param: 'starting_after', more: '$.has_more' },
  },
  'a token in the body of a POST': {
    url: '/body',
    rows: '$.results.hits',
    body: { size: 10, page: { token: '{cursor}' } },
    pagination: { cursor: '$.page.token' },
  },
}

describe.each(Object.entries(WAYS))('pages by %s', (_, { url, ...way }) => {
  test('come all, each row once and to the digit', async () => {
    await using project = await PullProject.make({
      shop: { url: `${api.url}${url}`, table: 'things', key: 'id', ...way },
    })
    const { code, stderr, stdout } = await project.pull(['shop'])
    expect([code, stderr, stdout]).toEqual([0, '', ''])
    const rows = await project.rows('shop.things')
    expect(rows.map(row => row['id'])).toEqual(
      Array.from({ length: THINGS }, (_, at) => `${at + 1}`),
    )
    expect(rows[6]).toEqual({
      id: '7',
      name: 'thing 7, "quoted"\nand ünïcode 🚢',
      price: '1.75',
      serial: '9007199254741000',
      is_new: 'f',
      tags: '["t2",{"depth":7}]',
      updated_at: updatedAt(7).replace('T', ' ').replace('.000Z', '+00'),
    })
    const { table, delivery } = await project.manifest('shop.things')
    expect(table.columns.map(({ name, type }) => [name, type.kind])).toEqual([
      ['id', 'integer'],
      ['name', 'text'],
      ['price', 'float'],
      ['serial', 'integer'],
      ['is_new', 'boolean'],
      ['tags', 'json'],
      ['updated_at', 'timestamp'],
    ])
    expect(delivery).toMatchObject({ mode: 'full', rows: 'all', from: null, to: null })
    const { rows: counted } = await project.counts('shop.things')
    expect(counted).toEqual({ in: THINGS, out: THINGS, filtered: 0, rejected: 0 })
  })
})
