import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadModels } from '../../src/models/load-models.ts'
import { readLastStates } from '../../src/models/page/last-states.ts'
import { renderModelsPage } from '../../src/models/page/models-page.ts'
import { makePlayground, type Playground } from './model-playground.ts'

let play: Playground
beforeAll(async () => {
  play = await makePlayground('duckdb:./warehouse.duckdb')
})
afterAll(() => play[Symbol.asyncDispose]())

async function page(): Promise<string> {
  const { models } = await loadModels(play.project)
  return renderModelsPage({
    title: 'Tea & <Co>',
    models,
    states: await readLastStates(play.directory),
  })
}

test('the page has every model with its links, columns and checks, and escapes what it shows', async () => {
  await play.write(
    'models/first.sql',
    `/*
description: a <script>alert(1)</script> & "more"
owner: "o'hara@example.com"
checks: [ { unique: n }, { expression: n > 1, severity: warn } ]
*/
select 1 as n, '<b>' as "col<umn>"`,
  )
  await play.write('models/second.sql', `select * from <%= ref('first') %>`)
  await play.write('models/third.sql', `-- checks: [ { row_count: { min: 9 } } ]\nselect 1 as n`)
  await play.build(['first', 'second'])
  await play.build('third').catch(() => {})
  const text = await page()
  expect(text).toContain('<title>Tea &amp; &lt;Co&gt;: models</title>')
  expect(text).toContain('a &lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;more&quot;')
  expect(text).not.toContain('<script>alert')
  expect(text).not.toContain('<b>')
  expect(text).toContain('<td>col&lt;umn&gt;</td><td>VARCHAR</td>')
  expect(text).toContain('<dt>used by</dt><dd><a href="#second">second</a></dd>')
  expect(text).toContain('<dt>reads</dt><dd><a href="#first">first</a></dd>')
  expect(text).toContain('<article id="first" class="warned">')
  expect(text).toContain('<article id="second" class="published">')
  expect(text).toContain('<article id="third" class="failed">')
  expect(text).toContain('row_count min 9</td><td>error</td><td>failed</td><td>1 rows')
  expect(text.match(/<path class="edge"/g)).toHaveLength(1)
})

test('the page asks nothing of any network, and every link leads somewhere', async () => {
  const text = await page()
  expect(text).not.toMatch(/(?:src|href)="(?!#)/)
  expect(text).not.toMatch(/https?:\/\//)
  for (const [, id] of text.matchAll(/href="#([^"]+)"/g)) expect(text).toContain(`id="${id}"`)
})

test('a project without models has a page too', async () => {
  expect(renderModelsPage({ title: 'x', models: [], states: new Map() })).toContain('0 models')
})
