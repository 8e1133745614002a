import { writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { API_SECRETS, type ApiServer, startApi } from '../../servers/api.ts'
import { PullProject } from './pull-project.ts'

let api: ApiServer
beforeAll(async () => {
  api = await startApi({ things: 23 })
})
afterAll(() => api.stop())

test.each([
  ['/cursor', 'pagination:\n      cursor: $.next_page\n      param: next_page\n    rows: $.items'],
  ['/page', 'pagination:\n      page: page\n      pages: $.meta.pages\n    rows: $.data'],
  ['/link', 'pagination:\n      link: next\n    rows: $\n'],
  ['/next', "pagination:\n      next: $['@odata.nextLink']\n    rows: $.value"],
])('what init prints for %s pulls all of it', async (path, expected) => {
  await using project = await PullProject.make({})
  const { code, stdout, stderr } = await project.pull(
    ['init', `${api.url}/secure${path}`, '--bearer', 'TOKEN'],
    { TOKEN: API_SECRETS.bearer },
  )
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toContain(expected)
  expect(stdout).toContain('key: id\n')
  expect(stdout).toContain('bearer: ${TOKEN}')
  expect(stdout).toContain('#   "updated_at": timestamptz\n')
  expect(stdout).toContain('since: { field: updated_at }')
  // The server's links lead to the same things without the door.
  await writeFile(project.path('ferry.yaml'), stdout)
  const pulled = await project.pull([], { TOKEN: API_SECRETS.bearer })
  expect([pulled.code, pulled.stderr]).toEqual([0, ''])
  const name = path.slice(1)
  expect(await project.rows(`${name}.${name}`)).toHaveLength(23)
})
