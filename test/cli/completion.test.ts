import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { COMMANDS } from '../../src/cli/commands.ts'

const ferry = join(import.meta.dirname, '../../bin/ferry')
let project: string

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'ferry-completion-'))
  await mkdir(join(project, 'models'))
  await writeFile(join(project, 'ferry.yaml'), 'stores:\n  lake: s3://lake/x\n  logs: az://logs\n')
  await writeFile(
    join(project, 'makefile'),
    'all: load/tasks.csv\nload/%.csv: ; echo\nload/a$$b: ;\n',
  )
  await writeFile(join(project, 'models/sign_ups.sql'), '')
})

/** What bash offers after these words, when TAB is pressed at the end of the last. */
function offered(...words: string[]): string[] {
  const script = `
    source <("$0" completion bash)
    COMP_WORDS=("$0" "$@") COMP_CWORD=$#
    _ferry
    printf '%s\\n' "\${COMPREPLY[@]}"`
  const output = execFileSync('bash', ['-c', script, ferry, ...words], { cwd: project })
  return output.toString().split('\n').filter(Boolean)
}

test('commands', () => {
  expect(offered('comp')).toEqual(['compare', 'completion'])
  expect(offered('')).toEqual(expect.arrayContaining(['lint', '--version']))
})

test('options of the command at hand, hidden ones left out', () => {
  expect(offered('lint', '--s')).toEqual(['--strict'])
  expect(offered('completion', '--')).toEqual(['--help'])
})

test('targets after run', () => {
  expect(offered('run', '')).toEqual(['all', String.raw`load/a\$b`])
  expect(offered('run', '--date', '')).toEqual([])
})

test('models after model', () => {
  expect(offered('model', 's')).toEqual(['sign_ups'])
})

test('stores where objects are meant, once a letter of theirs is typed', () => {
  expect(offered('get', 'l')).toEqual(['lake:', 'logs:'])
  expect(offered('cp', 'file', 'la')).toEqual(['lake:'])
  expect(offered('put', '')).toEqual([])
  expect(offered('ls', '--jobs', 'l')).toEqual([])
})

test('nothing where files are meant, so that bash completes files', () => {
  expect(offered('init', 'm')).toEqual([])
})

test.each(['bash', 'zsh', 'fish'])('the script of %s knows every command', shell => {
  const script = execFileSync(ferry, ['completion', shell]).toString()
  const names = Object.keys(COMMANDS).filter(name => COMMANDS[name]?.hidden !== true)
  expect(names.filter(name => !script.includes(` ${name}`))).toEqual([])
})
