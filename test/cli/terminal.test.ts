import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Cloud, startS3Cloud } from '../support/cloud.ts'
import { readTree, writeTree } from '../support/file-tree.ts'
import { runFerry } from '../support/run-ferry.ts'
import { runOnTerminal, type TerminalResult } from '../support/run-on-terminal.ts'

const FILES = { 'd/a': '1', 'd/b': '22', c: '333' }
const ENTER = '\r'
const CTRL_C = '\u0003'
const CTRL_D = '\u0004'

let cwd: string
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'ferry-terminal-'))
  await writeTree(cwd, FILES)
  return () => rm(cwd, { recursive: true })
})

const onTerminal = (args: readonly string[], answer?: string): Promise<TerminalResult> =>
  runOnTerminal(args, { cwd, ...(answer === undefined ? {} : { answer }) })

describe('before more than one object is removed, a person is asked', () => {
  const ASKING = [
    {
      args: ['rm', '-r', 'd/'],
      question: /remove 2 objects \(3 B\)\? \[y\/N\] /,
      left: { c: '333' },
    },
    {
      args: ['rm', 'd/a', 'c'],
      question: /remove 2 objects \(4 B\)\? \[y\/N\] /,
      left: { 'd/b': '22' },
    },
    {
      args: ['rb', '--force', 'd'],
      question: /remove \S+\/d\/ with 2 objects \(3 B\)\? \[y\/N\] /,
      left: { c: '333' },
    },
  ]

  test.each(ASKING)('$args', { timeout: 60_000 }, async ({ args, question, left }) => {
    for (const answer of [`n${ENTER}`, ENTER, `yesterday${ENTER}`, CTRL_D]) {
      const { code, screen } = await onTerminal(args, answer)
      expect(screen).toMatch(question)
      expect(screen).toMatch('nothing was removed')
      expect([answer, code]).toEqual([answer, 64])
    }
    expect(await onTerminal(args, CTRL_C)).toMatchObject({ code: 130 })
    expect(await readTree(cwd)).toEqual(FILES)
    expect(await onTerminal(args, `y${ENTER}`)).toMatchObject({ code: 0 })
    expect(await readTree(cwd)).toEqual(left)
  })

  test.each([...ASKING.map(one => [...one.args, '--yes']), ['rm', 'c'], ['rm', 'c*']])(
    'not for %s %s %s',
    async (...args) => {
      const { code, screen } = await onTerminal(args)
      expect([code, screen]).toEqual([0, expect.not.stringContaining('?')])
      expect(await readTree(cwd)).not.toEqual(FILES)
    },
  )

  test('not where nobody is there to answer', async () => {
    expect(await runFerry(['rm', '-r', 'd/'], { cwd })).toMatchObject({ code: 0, stderr: '' })
    expect(await readTree(cwd)).toEqual({ c: '333' })
  })
})

describe('long work shows on a terminal how far it is', () => {
  let cloud: Cloud
  beforeAll(async () => {
    cloud = await startS3Cloud()
  }, 60_000)
  afterAll(() => cloud[Symbol.asyncDispose]())

  test('put, get and sync', { timeout: 60_000 }, async () => {
    const files = Object.fromEntries(Array.from({ length: 150 }, (_, nr) => [`f${nr}`, 'x']))
    await writeTree(join(cwd, 'in'), files)
    const env = { ...cloud.env, XDG_CACHE_HOME: join(cwd, '.cache') }
    for (const args of [
      ['put', '-r', 'in', cloud.url],
      ['get', '-r', cloud.url, 'out'],
      ['sync', 'in', `${cloud.url}other/`],
    ]) {
      const { code, screen: raw } = await runOnTerminal(args, { cwd, env })
      const screen = raw.replaceAll('\u001b[K', '<clear>')
      expect([args, code]).toEqual([args, 0])
      const line = /\r\d+ of 150 objects, \d+ B of 150 B, [\d.]+ \w+\/s, [\w ]+ left<clear>/
      expect(screen).toMatch(line)
      // The line is taken away before the sentence at the end, which alone stays.
      expect(screen).toMatch(/\r<clear>ferry: 150 objects, 150 B, [\w. ]+\r\n$/)
      const piped = await runFerry([...args, '--dry-run'], { cwd, env })
      expect(piped.stderr).toBe('')
    }
  })
})
