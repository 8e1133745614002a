import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiServer, startApi } from '../../servers/api.ts'
import { runFerry } from '../support/run-ferry.ts'
import { DATE, PullProject } from './pull-project.ts'

const THINGS = 47

let api: ApiServer
beforeAll(async () => {
  api = await startApi({ things: THINGS })
})
afterAll(() => api.stop())

async function ferry(project: PullProject, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runFerry(args, {
    cwd: project.folder,
    env: { TODAY: DATE },
  })
  expect([args, code, stderr]).toEqual([args, 0, expect.any(String)])
  return stdout
}

async function sql(project: PullProject, query: string): Promise<string> {
  await writeFile(project.path('query.sql'), query)
  return ferry(project, 'sql', 'query.sql', '--csv')
}

test('two nights: what was loaded is not pulled again, and equal rows do not come twice', {
  timeout: 180_000,
}, async () => {
  await using project = await PullProject.make({
    shop: {
      url: `${api.url}/since`,
      table: 'things',
      key: 'id',
      params: { since: '{since}' },
      since: { field: 'updated_at' },
    },
  })
  try {
    await project.pull(['shop'])
    await ferry(project, 'load', 'shop.things')
    await project.pull(['shop'])
    expect(await project.rows('shop.things')).toHaveLength(3)
    expect((await project.manifest('shop.things')).delivery.rows).toBe('changes')
    await ferry(project, 'load', 'shop.things')
    const counted = await sql(
      project,
      'SELECT count(*), count(DISTINCT id), sum(serial), sum(price) FROM shop.things',
    )
    const ids = Array.from({ length: THINGS }, (_, at) => BigInt(at + 1))
    const serials = ids.reduce((sum, id) => sum + 9_007_199_254_740_993n + id, 0n)
    const prices = ids.reduce((sum, id) => sum + Number(id) / 4, 0)
    expect(counted.trim().split('\n').at(-1)).toBe(
      `${THINGS},${THINGS},${serials},${prices.toFixed(1)}`,
    )
  } finally {
    await ferry(project, 'warehouse', 'stop')
  }
})

test('the state of a tap comes back after its streams were loaded', {
  timeout: 180_000,
}, async () => {
  const tap = join(import.meta.dirname, 'taps/tap.mjs')
  await using project = await PullProject.make({
    crm: { singer: `${process.execPath} ${tap} --config c.json` },
  })
  const users = (count: number) =>
    writeFile(project.path('c.json'), JSON.stringify({ users: count }))
  const load = async () => {
    await ferry(project, 'load', 'crm.users')
    await ferry(project, 'load', 'crm.log-entries')
  }
  try {
    await users(4)
    await project.pull(['crm'])
    await load()
    await users(9)
    expect((await project.pull(['crm'])).stderr).toBe('tap: begins at 4\n')
    await load()
    const counted = await sql(
      project,
      'SELECT (SELECT count(*) FROM crm.users), (SELECT count(*) FROM crm."log-entries")',
    )
    expect(counted.trim().split('\n').at(-1)).toBe('9,9')
  } finally {
    await ferry(project, 'warehouse', 'stop')
  }
})
