import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { API_SECRETS, type ApiServer, startApi } from '../../servers/api.ts'
import { type FaultProxy, startFaultProxy } from '../../servers/fault-proxy.ts'
import { type Fault, randomFrom, randomPlan } from '../../servers/faults/plan.ts'
import { FERRY } from '../support/run-ferry.ts'
import { DATE, PullProject } from './pull-project.ts'

const THINGS = 103
const SEED = Number(process.env['FERRY_SEED'] ?? 11)
const IS_SOAK = process.env['FERRY_SOAK'] !== undefined

const KINDS: readonly Fault[] = [
  'cut-request',
  'lose-answer',
  'cut-answer',
  'stall-request',
  'stall-answer',
  'truncate-listing',
  'status-429',
  'status-500',
  'status-503',
]

let api: ApiServer
let proxy: FaultProxy
beforeAll(async () => {
  api = await startApi({ things: THINGS, tokenUses: 6 })
  proxy = await startFaultProxy({ port: api.port, service: 'api' })
})
afterAll(async () => {
  await proxy.stop()
  await api.stop()
})

const source = (port: number) => ({
  shop: {
    url: `http://127.0.0.1:${port}/secure/cursor`,
    table: 'things',
    key: 'id',
    rows: '$.items',
    pagination: { cursor: 'next_page' },
    timeout: '2s',
    auth: {
      oauth: {
        token_url: `http://127.0.0.1:${port}/token`,
        client_id: API_SECRETS.clientId,
        client_secret: API_SECRETS.clientSecret,
      },
    },
  },
})

async function assertWhole(project: PullProject): Promise<void> {
  const rows = await project.rows('shop.things')
  const ids = rows.map(row => Number(row['id'])).sort((a, b) => a - b)
  expect(ids).toEqual(Array.from({ length: THINGS }, (_, at) => at + 1))
  expect((await project.counts('shop.things')).rows).toMatchObject({ out: THINGS, rejected: 0 })
}

describe('a network that does what networks do', () => {
  test.each(Array.from({ length: IS_SOAK ? 30 : 3 }, (_, at) => SEED + at))(
    'nothing is lost, nothing comes twice (seed %i)',
    { timeout: 240_000 },
    async seed => {
      proxy.follow(randomPlan({ kinds: KINDS, rate: 0.25 }), seed)
      await using project = await PullProject.make(source(proxy.port))
      const { code, stderr } = await project.pull([])
      expect([code, stderr]).toEqual([0, ''])
      await assertWhole(project)
      const faults = [...proxy.counts].filter(([what]) => what !== 'request')
      expect(faults.length).toBeGreaterThan(0)
    },
  )
})

describe('killed by SIGKILL', () => {
  test('at any moment: no half table is ever seen, and the next pull has it all', {
    timeout: 300_000,
  }, async () => {
    proxy.follow(undefined, 0)
    const random = randomFrom(SEED)
    await using project = await PullProject.make(source(api.port))
    const manifest = project.path(`intermediate/${DATE}/pull/shop.things`)
    const killed = new Set<number | undefined>()
    for (let round = 0; round < (IS_SOAK ? 100 : 12); round++) {
      const child = spawn(FERRY, ['pull', 'shop'], {
        cwd: project.folder,
        env: { ...process.env, TODAY: DATE },
        stdio: 'ignore',
      })
      const ended = new Promise<NodeJS.Signals | null>(resolve =>
        child.once('close', (_, signal) => resolve(signal)),
      )
      await sleep(200 + random() * 1_500)
      child.kill('SIGKILL')
      if ((await ended) === 'SIGKILL') killed.add(child.pid)
      if (existsSync(manifest)) await assertWhole(project)
    }
    expect(killed.size).toBeGreaterThan(0)
    const { code, stderr } = await project.pull(['shop'])
    expect([code, stderr]).toEqual([0, ''])
    await assertWhole(project)
    // What the killed ones wrote is gone, but for a part that was on its way: no listing shows it, and it goes after a week.
    const parts = await readdir(`${manifest}.parts`)
    const isOfKilled = (name: string): boolean =>
      killed.has(Number(/^\.ferry-upload-(\d+)-/.exec(name)?.[1]))
    expect(parts.filter(name => !isOfKilled(name))).toEqual(
      (await project.manifest('shop.things')).parts.map(({ url }) => url.split('/').at(-1)),
    )
  })

  test('two pulls of one table at once: the second leaves it to the first', async () => {
    const command = 'touch began; until test -e go; do sleep 0.1; done; echo {}'
    await using project = await PullProject.make({ shop: { command, table: 't' } })
    const first = project.pull(['shop'])
    while (!existsSync(project.path('began'))) await sleep(20)
    const second = await project.pull(['shop'])
    await writeFile(project.path('go'), '')
    expect(second.code).toBe(75)
    expect(second.stderr).toContain('`shop.t` is being pulled by another process')
    expect((await first).code).toBe(0)
  })
})
