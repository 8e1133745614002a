import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { COMMANDS } from '../../src/cli/commands.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...(await readdir(join(root, 'docs'))).map(name => join('docs', name)),
]
const texts = new Map(
  await Promise.all(
    pages
      .filter(name => name.endsWith('.md'))
      .map(async name => [name, await readFile(join(root, name), 'utf8')] as const),
  ),
)

interface Step {
  readonly command: string
  readonly output: string
}

/** Blocks of ```console: a line after `$ ` is run, what follows is its output. */
function stepsOf(text: string): Step[] {
  const steps: { command: string; output: string }[] = []
  for (const [, block = ''] of text.matchAll(/^```console\n(.*?)^```$/gms)) {
    let until: string | undefined
    for (const line of block.split('\n').slice(0, -1)) {
      const step = steps.at(-1)
      if (until === undefined && line.startsWith('$ ')) {
        steps.push({ command: line.slice(2), output: '' })
        until = /<<'(\w+)'/.exec(line)?.[1]
      } else if (step !== undefined && until !== undefined) {
        step.command += `\n${line}`
        if (line === until) until = undefined
      } else if (step !== undefined) step.output += `${line}\n`
    }
  }
  return steps
}

/** `...` stands for anything: a whole line for any lines, in a line for its rest. */
function matches(said: string, written: string): boolean {
  const escaped = written.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
  const pattern = escaped
    .replace(/^\\\.\\\.\\\.\n/gm, String.raw`(?:.*\n)*`)
    .replaceAll(String.raw`\.\.\.`, '.*')
  return new RegExp(`^${pattern}$`).test(said)
}

/** Pages whose examples are run by a test of their own. */
const ELSEWHERE = new Set(['docs/sql.md'])

const withSteps = [...texts].flatMap(([name, text]) => {
  if (ELSEWHERE.has(name)) return []
  const steps = stepsOf(text)
  return steps.length === 0 ? [] : [{ name, steps }]
})

describe.each(withSteps)('$name', ({ steps }) => {
  const called = steps.flatMap(one =>
    Array.from(one.command.matchAll(/\bferry ([a-z]+)/g), m => m[1] ?? ''),
  )
  const needed = called.some(name => name !== 'init' && name !== 'doctor') ? ['model'] : []
  const missing = [...called, ...needed].filter(name => !(name in COMMANDS))
  const left: string[] = []
  afterAll(async () => {
    for (const cwd of left)
      await run(join(root, 'bin/ferry'), ['warehouse', 'stop'], { cwd }).catch(() => undefined) // none was started
  })

  test.skipIf(missing.length > 0)(
    'its commands do what it says',
    async () => {
      let cwd = await mkdtemp(join(tmpdir(), 'ferry-docs-'))
      const env = {
        ...process.env,
        LC_ALL: 'C.UTF-8',
        XDG_CACHE_HOME: join(cwd, '.cache'),
        PATH: `${join(root, 'bin')}:${process.env['PATH']}`,
      }
      for (const { command, output } of steps) {
        // The next command starts where this one ended, as in a terminal.
        const script = `set -e -o pipefail\ntrap 'pwd >&2' EXIT\n${command}\n`
        const { stdout, stderr } = await run('bash', ['-c', script], { cwd, env })
        const lines = stderr.trimEnd().split('\n')
        cwd = lines.at(-1) ?? cwd
        left.push(cwd)
        const said = stdout
        expect({ command, said, right: matches(said, output) }).toEqual({
          command,
          said,
          right: true,
        })
      }
    },
    120_000,
  )
})

test.each([...texts])('links of %s lead somewhere', (name, text) => {
  const files = new Set(texts.keys())
  const links = Array.from(text.matchAll(/\]\(([^)#:]+\.md)(?:#[^)]*)?\)/g), match =>
    join(dirname(name), match[1] ?? ''),
  )
  expect(links.filter(link => !files.has(link))).toEqual([])
})

test('docs/README.md links every page', () => {
  const index = texts.get('docs/README.md') ?? ''
  const names = [...texts.keys()].filter(name => /^docs\/(?!README)/.test(name))
  expect(names.filter(name => !index.includes(`(${name.slice(5)})`))).toEqual([])
})

test('README.md names its two commands, and they are targets of the makefile', async () => {
  const makefile = await readFile(join(root, 'makefile'), 'utf8')
  for (const name of ['demo', 'test']) {
    expect(texts.get('README.md')).toContain(`\n    make ${name} `)
    expect(makefile).toContain(`\n${name}: `)
  }
})
