/** The example as a project directory of its own, and its nights. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { ModelReceipt } from '../../src/formats/model-receipt.ts'

const here = import.meta.dirname
const bin = resolve(here, '../../bin')
const PARTS = ['ferry.yaml', 'makefile', 'models', 'scripts', 'README.md']

export const NIGHTS = ['2026-11-21', '2026-11-22'] as const

export interface Project {
  readonly directory: string
  /** `ferry` on the PATH, and where production is. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** Makes `directory` anew from the example; refuses to touch a folder that is something else. */
export async function makeProject(directory: string, productionUrl: string): Promise<Project> {
  const environment = {
    ...process.env,
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
    FERRY_DEMO_PRODUCTION_URL: productionUrl,
  }
  const project = { directory: resolve(directory), environment }
  const found = await readdir(directory).catch((): string[] => []) // most often not there yet
  if (found.length > 0) {
    if (!found.includes('ferry.yaml') || !found.includes('models')) {
      throw new Error(
        `\`${directory}\` is not an earlier demo: move it away or name another folder`,
      )
    }
    await stopWarehouse(project)
    await rm(directory, { recursive: true })
  }
  await mkdir(directory, { recursive: true })
  for (const part of PARTS) {
    await cp(join(here, part), join(directory, part), { recursive: true })
  }
  return project
}

/** Plays the production database: see production/live.ts. */
export async function play(
  project: Project,
  step: 'seed' | 'second-day',
): Promise<Record<string, number>> {
  const script = join(here, 'production', 'live.ts')
  const said = await run(project, process.execPath, [script, step])
  return JSON.parse(said) as Record<string, number> // live.ts prints counts
}

/** One night, as cron would start it. Its report goes to stderr. @throws Error when it failed */
export async function runNight(project: Project, date: string): Promise<void> {
  await run(project, join(bin, 'ferry'), ['run', '--date', date])
}

export async function stopWarehouse(project: Project): Promise<void> {
  await run(project, join(bin, 'ferry'), ['warehouse', 'stop']).catch(() => undefined) // none runs
}

/** What a night's models say of themselves, by name. */
export async function readReceipts(project: Project, date: string): Promise<ModelReceipt[]> {
  const folder = join(project.directory, 'results', date, 'models')
  const names = (await readdir(folder)).filter(name => /^[^.]+\.json$/.test(name)).sort()
  const texts = await Promise.all(names.map(name => readFile(join(folder, name), 'utf8')))
  return texts.map(text => JSON.parse(text) as ModelReceipt) // Ferry's own format
}

/** How many commands the night ran. */
export async function countCommands(project: Project, date: string): Promise<number> {
  const log = await readFile(join(project.directory, 'logs', date, 'timing_env.log'), 'utf8')
  return log.split('\n').filter(line => line.includes('"tag":"END"')).length
}

async function run(project: Project, command: string, args: readonly string[]): Promise<string> {
  const child = spawn(command, args, {
    cwd: project.directory,
    env: project.environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const [code, signal] = await once(child, 'close')
  if (code === 0) return said
  throw new Error(`\`${[command, ...args].join(' ')}\` ended with ${code ?? signal}`)
}
