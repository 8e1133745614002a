import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makePlayground, type Playground } from '../models/model-playground.ts'

const ferry = resolve(import.meta.dirname, '../../bin/ferry')
let play: Playground
beforeAll(async () => {
  play = await makePlayground('duckdb:./warehouse.duckdb')
  await play.write(
    'models/one.sql',
    `-- result: csv\nselect <%= n %> as n, <%= literal(today) %> as day`,
  )
  await play.write('models/two.sql', `select * from <%= ref('one') %>;`)
  await play.write('models/strict.sql', '-- checks: [ { expression: n > 1 } ]\nselect 1 as n')
})
afterAll(() => play[Symbol.asyncDispose]())

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

function run(...args: string[]): Promise<Ended> {
  return new Promise(done => {
    execFile(ferry, args, { cwd: play.directory }, (error, stdout, stderr) => {
      done({ code: error === null ? 0 : Number(error.code), stdout, stderr })
    })
  })
}

test('models are built in the order that they need, with nothing to say', async () => {
  expect(await run('model', 'two', 'one', '--var', 'n=7', '--date', '2026-03-05')).toEqual({
    code: 0,
    stdout: '',
    stderr: '',
  })
  expect(await play.rows('SELECT n, day FROM main.two')).toEqual([[7, '2026-03-05']])
  expect(await play.read('results/2026-03-05/one.csv')).toBe('n,day\n7,2026-03-05\n')
})

test('a dry run prints the query and changes nothing', async () => {
  const { code, stdout } = await run('model', 'two', '--dry-run', '--date', '2026-03-06')
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'select * from "main"."one";\n' })
  await expect(play.receipt('two', '2026-03-06')).rejects.toThrow()
})

test.each([
  [
    ['model', 'strict'],
    1,
    '`strict` was not published: 1 of 1 checks failed\n  expression n > 1: 1 of 1 rows\n    n=1',
  ],
  [['model', 'one'], 65, 'models/one.sql:2: '],
  [['model', 'tow'], 64, 'hint: did you mean: ferry model two'],
  [['model', 'one', '--var', 'ref=1'], 64, "the variable `ref` has a name of Ferry's own"],
])('%j says what is wrong and ends with %i', async (args, code, message) => {
  const ended = await run(...args)
  expect(ended.stderr).toContain(message)
  expect(ended.code).toBe(code)
})

test('ferry docs writes the page', async () => {
  expect(await run('docs')).toMatchObject({ code: 0, stdout: '' })
  expect(await play.read('docs/models.html')).toContain('id="strict"')
})

test('the owner of a warehouse holds no pipe of whoever started it', async () => {
  await run('warehouse', 'stop')
  // Descriptor 7 is a second name of the pipe, as make and the tracking shell have some.
  const shell = spawn('bash', ['-c', `exec 7>&1; "${ferry}" sql -e 'select 42 as n' --csv`], {
    cwd: play.directory,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let text = ''
  shell.stdout.on('data', (bytes: Buffer) => (text += bytes.toString()))
  await once(shell.stdout, 'end', { signal: AbortSignal.timeout(20_000) })
  expect(text).toBe('n\n42\n')
  expect((await run('warehouse', 'status')).stdout).toMatch(/process|pid/)
})
