import { readFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { FerryError } from '../../core/errors.ts'
import { findingsOfError } from '../../flow/lint/error-findings.ts'
import { type Finding, formatFinding, type Place, sortFindings } from '../../flow/lint/finding.ts'
import { lintProject } from '../../flow/lint/lint-project.ts'
import { renderRules } from '../../flow/rules.ts'
import { findModelFiles } from '../../models/model-files.ts'
import { defineCommand, flag, text } from '../command.ts'
import { resolveLogicalDate } from '../logical-date-option.ts'
import { openProject, type Project } from '../project.ts'
import { describeRules } from '../project-rules.ts'

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
    const project = await openProject(context.directory, context.environment)
    const { directory, config } = project
    const date = await resolveLogicalDate(options.date, context)
    const modelsFolder = posix.normalize(config.models).replace(/\/$/, '')
    const rules = await rulesOf(project)
    if (rules.text === undefined) {
      context.logger.info('without rules for the models, make was not asked; correct these first')
    }
    const findings =
      rules.text === undefined
        ? sortFindings(rules.findings)
        : await lintProject({
            directory,
            environment: context.environment,
            variables: { TODAY: date },
            nightly: [...config.run.targets, ...config.run.failure_targets],
            placeOfNightly: await placesInFile(join(directory, 'ferry.yaml')),
            rulesText: rules.text,
            modelsFolder,
            modelFiles: (await findModelFiles(directory, modelsFolder)).models.map(one => one.file),
            includeRoots: ['.', modelsFolder],
            signal: context.signal,
          })
    for (const one of findings) {
      context.stdout.write(`${options.json ? JSON.stringify(one) : formatFinding(one)}\n`)
    }
    const failing = findings.filter(one => options.strict || one.severity === 'error')
    return failing.length === 0 ? 0 : 1
  },
})

/** The rules as they should be, or what keeps them from being made. */
async function rulesOf(
  project: Project,
): Promise<{ readonly text: string | undefined; readonly findings: readonly Finding[] }> {
  try {
    return { text: renderRules(await describeRules(project)), findings: [] }
  } catch (error) {
    if (!(error instanceof FerryError)) throw error
    const findings = findingsOfError(error)
    if (findings.length === 0) throw error
    return { text: undefined, findings }
  }
}

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
