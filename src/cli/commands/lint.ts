import { readdir, readFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { systemErrorCode } from '../../core/errors.ts'
import { logicalDateAt, parseLogicalDate } from '../../core/logical-date.ts'
import { formatFinding, type Place } from '../../flow/lint/finding.ts'
import { lintProject } from '../../flow/lint/lint-project.ts'
import { defineCommand, flag, text } from '../command.ts'
import { openProject } from '../project.ts'

export default defineCommand({
  name: 'lint',
  summary: 'find mistakes in a project without touching it',
  description: `Asks make's own database; runs no recipe and changes no file and no time stamp. Prints one finding
a line: file, line, severity, what, and in brackets the rule. A comment \`ferry-lint: allow RULE\` on the
line or above it allows one. Exit code 1 when there are errors.`,
  options: {
    json: flag('print one JSON object a finding'),
    strict: flag('warnings count as errors'),
    date: text('DATE', 'the night to look at (default: today)'),
  },
  examples: [
    'ferry lint',
    'ferry lint --strict',
    'ferry lint --json | jq -r .rule | sort | uniq -c',
  ],
  async run({ options, context }) {
    const { directory, config } = await openProject(context.directory, context.environment)
    const date =
      options.date === undefined
        ? logicalDateAt(context.clock.now(), config.timezone)
        : parseLogicalDate(options.date)
    const modelsFolder = posix.normalize(config.models).replace(/\/$/, '')
    const findings = await lintProject({
      directory,
      environment: context.environment,
      variables: { TODAY: date },
      nightly: [...config.run.targets, ...config.run.failure_targets],
      placeOfNightly: await placesInFile(join(directory, 'ferry.yaml')),
      rulesText: undefined,
      modelsFolder,
      modelFiles: await modelFiles(directory, modelsFolder),
      includeRoots: ['.'],
      more: [],
      signal: context.signal,
    })
    for (const one of findings) {
      context.stdout.write(`${options.json ? JSON.stringify(one) : formatFinding(one)}\n`)
    }
    const failing = findings.filter(one => options.strict || one.severity === 'error')
    return failing.length === 0 ? 0 : 1
  },
})

/** Where ferry.yaml names a target of the night. */
async function placesInFile(path: string): Promise<(target: string) => Place> {
  const lines = (await readFile(path, 'utf8')).split('\n')
  const run = lines.findIndex(line => line.startsWith('run:'))
  return target => {
    const at = lines.findIndex(
      (line, index) => index >= run && line.split(/[\s,[\]{}'"]+/).includes(target),
    )
    return { file: 'ferry.yaml', line: Math.max(at, run, 0) + 1 }
  }
}

/** Every model is used: the rules make each of them. */
async function modelFiles(directory: string, folder: string): Promise<string[]> {
  try {
    const names = await readdir(join(directory, folder))
    return names.filter(name => name.endsWith('.sql')).map(name => posix.join(folder, name))
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return []
    throw error
  }
}
