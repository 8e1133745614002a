import { execFile } from 'node:child_process'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FERRY, runFerry } from '../support/run-ferry.ts'

const docs = join(import.meta.dirname, '../../docs')
const run = promisify(execFile)
let cwd: string

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'ferry-docs-'))
  await writeFile(join(cwd, 'ferry.yaml'), '')
})

afterAll(async () => {
  await runFerry(['warehouse', 'stop'], { cwd })
})

/** The fenced blocks of a page, each with its language. */
async function blocks(page: string): Promise<{ language: string; text: string }[]> {
  const text = await readFile(join(docs, page), 'utf8')
  return [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', body = '']) => ({
    language,
    text: body,
  }))
}

const templates = await blocks('templates.md')
const examples = templates.flatMap(({ language, text }, index) =>
  language === 'erb' ? [[text, templates[index + 1]?.text ?? ''] as const] : [],
)
const consoles = (await blocks('sql.md')).filter(({ language }) => language === 'console')

describe('docs/templates.md', () => {
  test.for(examples)('%s', async ([template, sql]) => {
    const args = ['--var', 'country=HU', '--var', 'limit=10', '--date', '2026-03-01']
    const { stdout, stderr } = await runFerry(['sql', '--dry-run', '-', ...args], {
      cwd,
      input: template,
    })
    expect([stderr, stdout]).toEqual(['', sql])
  })
})

describe('docs/sql.md', () => {
  test('has examples', () => {
    expect(consoles.length).toBeGreaterThan(4)
  })

  test.for(consoles)('$text', async ({ text }) => {
    const lines = text.split('\n')
    const commands = lines.filter(line => line.startsWith('$ ')).map(line => line.slice(2))
    const output = lines.filter(line => !line.startsWith('$ ')).join('\n')
    const env = { ...process.env, PATH: `${dirname(FERRY)}:${process.env['PATH']}` }
    const { stdout } = await run('bash', ['-c', commands.join('\n')], { cwd, env })
    expect(stdout).toBe(output)
  })
})
