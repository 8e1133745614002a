/** Pages of nights that are over are kept on disk: what is kept is what would be made, whatever file changes. */
import { existsSync } from 'node:fs'
import { appendFile, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeFullProject, NIGHT, writeInto } from './support/full-project.ts'
import { PagesProject, type RunningWeb } from './support/pages-project.ts'

/** Files that have just changed are not trusted: pages made of them are not kept. */
const SETTLED_MS = 2_200
const KEPT_WITHIN = { timeout: 15_000, interval: 300 }
const SEEN_WITHIN = { timeout: 8_000, interval: 200 }

const PAGES = ['/', '/logs', '/gantt', '/graph', '/quality', '/kpis'] as const
type PagePath = (typeof PAGES)[number]

let project: PagesProject
let web: RunningWeb

beforeAll(async () => {
  project = await makeFullProject()
  web = await project.serve()
}, 60_000)
afterAll(async () => {
  await web.stop()
  await project[Symbol.asyncDispose]()
})

interface Change {
  readonly what: string
  readonly page: PagePath
  readonly make: () => Promise<void>
}

const failedLog = (): string =>
  join(project.folder, `logs/${NIGHT}/intermediate%2F${NIGHT}%2Fload%2Fproduction.tasks.log`)
const counts = `results/${NIGHT}/counts/mirror/production.users.json`
const receipt = `results/${NIGHT}/models/daily.json`

const CHANGES: readonly Change[] = [
  { what: 'its commands', page: '/', make: () => cut(`logs/${NIGHT}/timing_env.log`) },
  { what: 'its commands', page: '/gantt', make: () => cut(`logs/${NIGHT}/timing_env.log`) },
  {
    what: 'the log of what failed',
    page: '/',
    make: () => appendFile(failedLog(), 'said at the very last\n'),
  },
  {
    what: 'the size of a log',
    page: '/logs',
    make: () => appendFile(failedLog(), 'x'.repeat(5_000)),
  },
  {
    what: 'which logs there are',
    page: '/logs',
    make: () => writeInto(project, `logs/${NIGHT}/by-hand.log`, 'said by hand\n'),
  },
  {
    what: 'the graph',
    page: '/graph',
    make: () =>
      put(`.ferry/nights/${NIGHT}/graph.json`, text => text.replaceAll('production.', 'stage.')),
  },
  { what: 'counts', page: '/quality', make: () => put(counts, text => text.replaceAll('1', '7')) },
  {
    what: 'the receipt of a model',
    page: '/kpis',
    make: () => put(receipt, text => text.replaceAll('"passed":true', '"passed":false')),
  },
  {
    what: "a model's numbers",
    page: '/kpis',
    make: () => put(`results/${NIGHT}/daily.csv`, text => text.replace(',70', ',71')),
  },
  {
    what: 'a model',
    page: '/kpis',
    make: () => put('models/daily.sql', text => text.replace('/*', '/* owner: somebody\n')),
  },
]

test.each(CHANGES)(
  'a change of $what is seen on $page, now and after a new start',
  async change => {
    const { page, make } = change
    await keepAll()
    const before = await inside(web, page)
    await make()
    await expect.poll(() => inside(web, page), SEEN_WITHIN).not.toBe(before)
    await using other = await project.serve()
    await expect.poll(async () => inside(other, page), SEEN_WITHIN).toBe(await inside(web, page))
  },
)

test('what is kept is what is made', async () => {
  await keepAll()
  const kept = await insidesOfNewStart()
  await rm(join(project.folder, '.ferry/web'), { recursive: true })
  expect(await insidesOfNewStart()).toEqual(kept)
})

test('what is torn is made again', async () => {
  await keepAll()
  const before = await inside(web, '/kpis')
  const path = pathOf('/kpis')
  const whole = await readFile(path)
  for (const torn of [
    Buffer.alloc(0),
    whole.subarray(0, 20),
    whole.subarray(0, -9),
    Buffer.concat([whole.subarray(0, 60), Buffer.from('xy'), whole.subarray(62)]),
  ]) {
    await writeFile(path, torn)
    await using other = await project.serve()
    expect(await inside(other, '/kpis')).toBe(before)
  }
})

test('nothing is made ahead while readers ask, but after that', async () => {
  await using own = await PagesProject.make() // no other server looks at it
  await own.night({ date: NIGHT, tables: 2 })
  const pages = join(own.folder, '.ferry/web/pages')
  await sleep(SETTLED_MS)
  await using other = await own.serve()
  // On a machine that stood still meanwhile, nobody asked for a while: then anything may have been made.
  let longestMs = 0
  for (let asked = 0; asked < 20; asked += 1) {
    const begun = performance.now()
    await other.get('/ask')
    await sleep(150)
    longestMs = Math.max(longestMs, performance.now() - begun)
  }
  expect(existsSync(pages) && longestMs < 900).toBe(false)
  await expect.poll(() => existsSync(pages), KEPT_WITHIN).toBe(true)
})

test('pages of a night whose files are gone go too', async () => {
  await keepAll()
  const gone = '.ferry/web/pages/2020-02-02/night.html.gz'
  await writeInto(project, gone, 'of long ago')
  await using other = await project.serve()
  await expect.poll(() => existsSync(join(project.folder, gone)), KEPT_WITHIN).toBe(false)
  expect(PAGES.filter(page => !existsSync(pathOf(page)))).toEqual([])
  expect((await other.get(`/?date=${NIGHT}`)).status).toBe(200)
})

/** Has every page kept as it is now: a server that has none in memory is asked until it keeps them. */
async function keepAll(): Promise<void> {
  await rm(join(project.folder, '.ferry/web/pages'), { recursive: true, force: true })
  await sleep(SETTLED_MS)
  await using other = await project.serve()
  await expect
    .poll(async () => {
      await Promise.all(PAGES.map(page => inside(other, page)))
      return PAGES.filter(page => !existsSync(pathOf(page)))
    }, KEPT_WITHIN)
    .toEqual([])
}

/** Of every page, from a server that has made none yet; a page says for a moment what is still being found out. */
async function insidesOfNewStart(): Promise<Record<string, string>> {
  await using other = await project.serve()
  const all = async (): Promise<Record<string, string>> =>
    Object.fromEntries(
      await Promise.all(PAGES.map(async page => [page, await inside(other, page)] as const)),
    )
  let found = await all()
  await expect
    .poll(async () => {
      const before = found
      found = await all()
      return JSON.stringify(before) === JSON.stringify(found)
    }, SEEN_WITHIN)
    .toBe(true)
  return found
}

async function inside(server: RunningWeb, page: PagePath): Promise<string> {
  const answer = await server.get(`${page}?date=${NIGHT}`)
  expect(answer.status).toBe(200)
  const main = /<main.*<\/main>/s.exec(await answer.text())?.[0] ?? ''
  return main.replace(/<section class="card calendar">.*$/s, '') // of other nights
}

const pathOf = (page: PagePath): string =>
  join(project.folder, '.ferry/web/pages', NIGHT, `${page.slice(1) || 'night'}.html.gz`)

/** Puts a changed file in the place of one, whole, as Ferry does. */
async function put(path: string, change: (text: string) => string): Promise<void> {
  const place = join(project.folder, path)
  const text = await readFile(place, 'utf8')
  const changed = change(text)
  expect(changed).not.toBe(text)
  await writeFile(`${place}.new`, changed)
  await rename(`${place}.new`, place)
}

/** A command's end is not told any more. */
const cut = (path: string): Promise<void> =>
  put(path, text => text.slice(0, text.trimEnd().lastIndexOf('\n') + 1))
