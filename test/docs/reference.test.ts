import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import packageFile from '../../package.json' with { type: 'json' }
import type { Command } from '../../src/cli/command.ts'
import { loadAllCommands } from '../../src/cli/program.ts'
import { projectConfig } from '../../src/cli/project.ts'
import { ERRORS } from '../../src/core/errors.ts'
import { LINT_RULES } from '../../src/flow/lint/finding.ts'

const docs = join(import.meta.dirname, '../../docs')
const page = (name: string): Promise<string> => readFile(join(docs, name), 'utf8')
const allMatches = (text: string, pattern: RegExp): string[] =>
  Array.from(text.matchAll(pattern), match => match[1] ?? '')

test('errors.md has each error, with its exit code and whether another try can help', async () => {
  const text = await page('errors.md')
  expect(allMatches(text, /^## ([A-Z_]+)$/gm)).toEqual(Object.keys(ERRORS))
  for (const [code, { exit, retryable }] of Object.entries(ERRORS)) {
    const line = `## ${code}\n\nExit code ${exit}; another try can help: ${retryable ? 'yes' : 'no'}.`
    expect(text).toContain(line)
    expect(text).toMatch(new RegExp(`^\\| (\\d+, )?${exit}(, \\d+)? \\|`, 'm'))
  }
})

test('config.md has each key of the schema, and no other', async () => {
  const written = allMatches(await page('config.md'), /^\| `([^`]+)` \|/gm)
  expect(written.sort()).toEqual([...keysOf(projectConfig, '')].sort())
})

test('lint.md has each rule with its severity', async () => {
  const rows = Object.entries(LINT_RULES).map(([name, severity]) => `| \`${name}\` | ${severity} |`)
  const text = await page('lint.md')
  expect(rows.filter(row => !text.includes(row))).toEqual([])
  expect(allMatches(text, /^\| `([^`]+)` \| (?:error|warning)/gm)).toHaveLength(rows.length)
})

test('decisions.md has a reason for each package', async () => {
  const cells = allMatches(await page('decisions.md'), /^\| (`[^|]+`) \|/gm)
  const written = cells.flatMap(cell => allMatches(cell, /`([^`]+)`/g))
  const packages = { ...packageFile.dependencies, ...packageFile.devDependencies }
  expect(written.sort()).toEqual(Object.keys(packages).sort())
})

test('commands.md is what the commands declare (UPDATE_DOCS=1 writes it)', async () => {
  const expected = describeCommands(await loadAllCommands())
  if (process.env['UPDATE_DOCS'] === '1') await writeFile(join(docs, 'commands.md'), expected)
  expect(await page('commands.md')).toBe(expected)
})

test('every command has an example that calls it', async () => {
  for (const command of await loadAllCommands()) {
    expect([command.name, command.examples.length > 0]).toEqual([command.name, true])
    for (const example of command.examples) expect(example).toContain(`ferry ${command.name}`)
  }
})

/** Dotted paths of a zod schema's keys; NAME and TABLE stand for names that users choose. */
function* keysOf(schema: unknown, path: string): Generator<string> {
  const def = definition(schema)
  if (def === undefined) return
  if (def['type'] === 'object' && typeof def['shape'] === 'object' && def['shape'] !== null) {
    for (const [key, inner] of Object.entries(def['shape'])) {
      if (definition(definition(inner)?.['innerType'])?.['type'] === 'never') continue // not yet there
      const full = path === '' ? key : `${path}.${key}`
      if (!isObject(inner)) yield full
      yield* keysOf(inner, full)
    }
  } else if (def['type'] === 'record') {
    const name = `${path}.${path.endsWith('tables') ? 'TABLE' : 'NAME'}`
    if (!isObject(def['valueType'])) yield name
    yield* keysOf(def['valueType'], name)
  } else {
    yield* keysOf(def['innerType'] ?? def['in'], path)
    for (const option of Array.isArray(def['options']) ? def['options'] : []) {
      yield* keysOf(option, path)
    }
  }
}

/** A mapping with keys of its own is no row: its keys are. */
function isObject(schema: unknown): boolean {
  const def = definition(schema)
  if (def === undefined) return false
  if (def['type'] === 'object') return Object.keys(Object(def['shape'])).length > 0
  if (def['type'] === 'union') {
    const options = Array.isArray(def['options']) ? def['options'] : []
    const other = options.some(
      option => definition(definition(option)?.['in'])?.['type'] === 'string',
    )
    return !other && options.some(isObject)
  }
  return def['innerType'] !== undefined && isObject(def['innerType'])
}

function definition(schema: unknown): Record<string, unknown> | undefined {
  if (typeof schema !== 'object' || schema === null || !('def' in schema)) return undefined
  return typeof schema.def === 'object' && schema.def !== null ? { ...schema.def } : undefined
}

function describeCommands(commands: readonly Command[]): string {
  const sections = commands.map(command => {
    const operands = (command.arguments ?? []).map(one => {
      const name = one.variadic === true ? `${one.name}...` : one.name
      return one.required === true ? ` <${name}>` : ` [${name}]`
    })
    const options = Object.entries(command.options).filter(([, option]) => option.hidden !== true)
    const rows = [
      ...(command.arguments ?? []).map(one => [one.name, one.description] as const),
      ...options.map(([name, option]) => {
        const short = option.short === undefined ? '' : `-${option.short}, `
        const value = option.kind === 'flag' ? '' : ` ${option.value}`
        const choices = option.choices === undefined ? '' : ` (${option.choices.join(', ')})`
        return [`${short}--${name}${value}`, `${option.description}${choices}`] as const
      }),
    ].map(([name, what]) => `| \`${name}\` | ${what.replaceAll('|', String.raw`\|`)} |\n`)
    const first = command.summary.charAt(0).toUpperCase() + command.summary.slice(1)
    return `## ferry ${command.name}

    ferry ${command.name}${options.length > 0 ? ' [OPTION...]' : ''}${operands.join('')}

${first}.${command.description === undefined ? '' : `\n\n${command.description}`}
${rows.length === 0 ? '' : `\n| | |\n|---|---|\n${rows.join('')}`}
${command.examples.map(line => `    ${line}\n`).join('')}`
  })
  return `# Every command

\`ferry COMMAND --help\` prints the same. Exit codes: [errors](errors.md).

${sections.join('\n')}`
}
