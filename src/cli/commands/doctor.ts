import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { FerryError } from '../../core/errors.ts'
import { dialectOf } from '../../databases/open-database.ts'
import {
  type Diagnosis,
  diagnose,
  doctorExitCode,
  formatDiagnoses,
} from '../../flow/doctor/diagnosis.ts'
import { diagnoseMachine } from '../../flow/doctor/machine.ts'
import { diagnoseProjectFolders } from '../../flow/doctor/project-folders.ts'
import { diagnoseServices, type Service } from '../../flow/doctor/services.ts'
import { diagnoseTools } from '../../flow/doctor/tools.ts'
import { type CommandContext, defineCommand, flag } from '../command.ts'
import { findProject, openProject, type Project } from '../project.ts'

export default defineCommand({
  name: 'doctor',
  summary: 'say what is missing on this machine and how to get it',
  description: `Looks at the machine, and in a project directory at ferry.yaml, the folders, the hooks and every
warehouse and source. Exit code 78 when something is missing, 69 when only services are away.`,
  options: {
    json: flag('print one JSON object an item'),
    offline: flag('do not connect to warehouses and sources'),
  },
  examples: ['ferry doctor', 'ferry doctor --json | jq \'select(.state != "ok")\''],
  async run({ options, context }) {
    const [project, configuration] = await readProject(context)
    const { environment, signal } = context
    const directory = project?.directory ?? context.directory
    const services = project === undefined || options.offline ? [] : servicesOf(project, context)
    const diagnoses = [
      ...(await diagnoseTools({ environment, signal, nodeVersion: process.versions.node })),
      ...(await diagnoseMachine({
        environment,
        signal,
        directory,
        timeZone: project?.config.timezone ?? 'UTC',
        now: context.clock.now(),
        nodePath: process.execPath,
        moduleUrl: import.meta.url,
      })),
      ...configuration,
      ...(project === undefined ? [] : await diagnoseProjectFolders(directory)),
      ...(await diagnoseServices(services, signal)),
    ]
    context.stdout.write(
      options.json
        ? diagnoses.map(one => `${JSON.stringify(one)}\n`).join('')
        : formatDiagnoses(diagnoses),
    )
    return doctorExitCode(diagnoses)
  },
})

/** The project at hand, if there is one and it can be read, and what there is to say about that. */
async function readProject(
  context: CommandContext,
): Promise<readonly [Project | undefined, readonly Diagnosis[]]> {
  if (findProject(context.directory) === undefined) {
    const remedy = 'go to a project directory, or make one: ferry init my-project'
    const none = diagnose('project', 'ferry.yaml', 'no project here', { state: 'warning', remedy })
    return [undefined, [none]]
  }
  try {
    const project = await openProject(context.directory, context.environment)
    return [project, [diagnose('project', 'ferry.yaml', 'valid')]]
  } catch (error) {
    if (!(error instanceof FerryError)) throw error
    const wrong = error.message
      .split('\n')
      .map(line =>
        diagnose('project', 'ferry.yaml', line, { remedy: error.hint ?? 'correct that line' }),
      )
    return [undefined, wrong]
  }
}

function servicesOf(project: Project, context: CommandContext): Service[] {
  const { warehouses, sources } = project.config
  const connect = (url: string) => async (signal: AbortSignal) => {
    const dialect = await dialectOf(url)
    // The embedded warehouse is made at its first use; looking is no use.
    const file = join(project.directory, url.replace(/^[a-z]+:/, ''))
    if (dialect.capabilities.embedded && !existsSync(file)) return
    const session = await dialect.open({
      url,
      projectDirectory: project.directory,
      environment: context.environment,
      signal,
    })
    await session.close()
  }
  const all = [
    ...Object.entries(warehouses).map(([name, one]) => ({
      name: `warehouse ${name}`,
      url: one.url,
    })),
    ...Object.entries(sources)
      // A source that is files has nobody to answer.
      .filter(([, one]) => !/^file:|^[./]/.test(one.url))
      .map(([name, one]) => ({ name: `source ${name}`, url: one.url })),
  ]
  return all.map(one => ({ ...one, connect: connect(one.url) }))
}
