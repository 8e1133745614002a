import { existsSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeCounts } from './support/made-up-counts.ts'
import { receiptOf } from './support/made-up-receipt.ts'
import { PagesProject, type RunningWeb } from './support/pages-project.ts'

const DATE = '2026-11-20'

let project: PagesProject
let web: RunningWeb
let listener: Server
let calls = 0

beforeAll(async () => {
  // Stands where a warehouse is, and hangs up on whoever calls.
  listener = createServer(socket => {
    calls += 1
    socket.on('error', () => {}).destroy()
  })
  await new Promise<void>(resolve => listener.listen(0, '127.0.0.1', resolve))
  const address = listener.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  project = await PagesProject.make(
    `warehouses: { cold: "postgres://reader:secret@127.0.0.1:${port}/dw", hot: "duckdb:./hot.duckdb" }\n`,
  )
  await project.night({ date: '2026-11-19', tables: 8 })
  await project.night({ date: DATE, tables: 8, failing: [3], withLogs: true })
  await writeCounts(project.folder, DATE, 20)
  await mkdir(join(project.folder, 'models'))
  await writeFile(
    join(project.folder, 'models/daily.sql'),
    '/* materialize: table\nresult: csv */\nselect 1 as n\n',
  )
  const receipt = receiptOf(DATE, 'daily', { rows: 1, columns: [{ name: 'n', type: 'BIGINT' }] })
  await mkdir(join(project.folder, 'results', DATE, 'models'), { recursive: true })
  await writeFile(
    join(project.folder, 'results', DATE, 'models/daily.json'),
    JSON.stringify(receipt),
  )
  await writeFile(join(project.folder, 'results', DATE, 'daily.csv'), 'n\n1\n')
  web = await project.serve()
})
afterAll(async () => {
  await web.stop()
  listener.close()
  await project[Symbol.asyncDispose]()
})

const ADDRESSES = [
  '/',
  '/logs',
  '/logs/view?log=attempt-01.log',
  '/gantt',
  '/graph',
  '/graph?all=1',
  '/quality',
  '/kpis',
  '/kpis/view?model=daily',
  '/kpis/download?model=daily',
  '/kpis/download?model=daily&format=parquet',
  '/ask',
  '/logs/search?q=error',
  '/metrics',
  '/feed.xml',
  '/badge.svg',
  '/nothing',
]

test('no page asks the warehouse anything, nor opens it', async () => {
  for (const address of ADDRESSES) {
    for (const accept of ['text/html', 'application/json']) {
      const response = await web.get(`${address}${address.includes('?') ? '&' : '?'}date=${DATE}`, {
        accept,
      })
      await response.arrayBuffer()
      expect([address, response.status < 500]).toEqual([address, true])
    }
  }
  expect(calls).toBe(0)
  expect(existsSync(join(project.folder, 'hot.duckdb'))).toBe(false)
})

test('a question does, and so does completion', async () => {
  const [, token = ''] =
    /name="csrf-token" content="([^"]+)"/.exec(await (await web.get('/ask')).text()) ?? []
  const answer = await fetch(`${web.url}/ask/run`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-csrf-token': token },
    body: JSON.stringify({ warehouse: 'cold', sql: 'select 1' }),
  })
  expect(answer.ok).toBe(false)
  const asked = calls
  expect(asked).toBeGreaterThan(0)
  await web.get('/ask/schema?warehouse=cold')
  expect(calls).toBeGreaterThan(asked)
})
