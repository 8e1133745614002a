import { scryptSync } from 'node:crypto'
import { basename, join, resolve } from 'node:path'
import { buildIdentity } from '../../core/build-identity.ts'
import { FerryError } from '../../core/errors.ts'
import { VersionCache } from '../../core/version-cache.ts'
import { removeUser, setPassword } from '../../dashboard/access/password-file.ts'
import { type WebConfig, webConfig } from '../../dashboard/config.ts'
import type { Dashboard } from '../../dashboard/dashboard.ts'
import { createMask, secretValues } from '../../dashboard/mask.ts'
import { NightIndex } from '../../dashboard/nights/night-index.ts'
import { NightStore } from '../../dashboard/nights/night-store.ts'
import { servePages } from '../../dashboard/serve.ts'
import type { NightQuality } from '../../formats/quality.ts'
import { ResultsArchive } from '../../formats/results-archive.ts'
import { checkNight, qualityVersion } from '../../quality/check-night.ts'
import { parquetOfCsv } from '../../databases/open-parquet.ts'
import { askWarehouses } from '../web/ask-warehouses.ts'
import { modelSources } from '../web/model-sources.ts'
import { type CommandContext, defineCommand, text } from '../command.ts'
import { openProject, type Project } from '../project.ts'
import { readPassword } from '../web/read-password.ts'
import { runTargetAgain } from '../web/run-target.ts'

export default defineCommand({
  name: 'web',
  summary: 'serve the pages: what happened last night, at a glance',
  description:
    'Shows the nights of the project: what failed and why, logs, a chart of every command, the graph ' +
    'of targets. Reads files only. It listens on 127.0.0.1:8000 (web.listen of ferry.yaml); any ' +
    'address that others can reach needs a login (web.auth). `add-user` writes a user into the file ' +
    'web.auth.users, or gives one a new password: asked for on the terminal, or the first line of stdin.',
  arguments: [
    { name: 'action', description: 'add-user or remove-user; without one, serve the pages' },
    { name: 'name', description: 'of the user' },
  ],
  options: {
    listen: text('HOST:PORT', 'where to listen; port 0 takes a free one'),
  },
  examples: ['ferry web', 'ferry web --listen 127.0.0.1:9000', 'ferry web add-user ada'],
  async run({ args, options, context }) {
    const project = await openProject(context.directory, context.environment)
    const [action, name] = args
    if (action !== undefined) return changeUsers({ action, name, project, context })
    const config = withAddress(project.config.web, options.listen)
    const pages = await servePages(
      await dashboardOf(project, config, context),
      new URL('./web/', import.meta.url),
    )
    await using stack = new AsyncDisposableStack()
    stack.use(pages)
    context.logger.info(`the pages are at ${pages.url}`)
    const { signal } = context
    await new Promise<void>(resolve => {
      if (signal.aborted) resolve()
      else signal.addEventListener('abort', () => resolve(), { once: true })
    })
    return 0
  },
})

interface UserChange {
  readonly action: string
  readonly name: string | undefined
  readonly project: Project
  readonly context: CommandContext
}

async function changeUsers({ action, name, project, context }: UserChange): Promise<number> {
  if (action !== 'add-user' && action !== 'remove-user') {
    throw new FerryError('USAGE', `no action \`${action}\``, {
      hint: 'choose add-user or remove-user, or leave it out to serve the pages',
    })
  }
  if (name === undefined) throw new FerryError('USAGE', `\`${action}\` needs the name of a user`)
  const users = project.config.web.auth?.users
  if (users === undefined) {
    throw new FerryError('CONFIG_INVALID', '`web.auth.users` of ferry.yaml names no file', {
      hint: 'for example: web: { auth: { users: users.txt } }',
    })
  }
  const path = resolve(project.directory, users)
  if (action === 'remove-user') await removeUser(path, name)
  else await setPassword(path, name, await readPassword(context))
  return 0
}

function withAddress(config: WebConfig, listen: string | undefined): WebConfig {
  if (listen === undefined) return config
  const parsed = webConfig.shape.listen.safeParse(listen)
  if (parsed.success) return { ...config, listen: parsed.data }
  throw new FerryError('USAGE', `--listen: \`${listen}\` is not an address such as 127.0.0.1:8000`)
}

/** Secrets go into it in a way that costs whoever would guess them. */
async function pagesIdentity(
  environment: CommandContext['environment'],
  settings: unknown,
): Promise<string> {
  const secrets = scryptSync(secretValues(environment).join('\n'), 'ferry web', 16)
  return `${secrets.toString('base64url')} ${await buildIdentity()} ${JSON.stringify(settings)}`
}

/** Of nights whose data was judged, the judgement is kept: one costs as much as some pages. */
const NIGHTS_JUDGED = 6

async function dashboardOf(
  project: Project,
  web: WebConfig,
  context: CommandContext,
): Promise<Dashboard> {
  const { directory, config } = project
  const nights = new NightStore(directory)
  const results = new ResultsArchive(directory, join(directory, '.ferry/web/results'))
  const qualities = new VersionCache<NightQuality>(NIGHTS_JUDGED)
  const judge = async (date: string, isBrief: boolean): Promise<NightQuality> =>
    qualities.get(`${date} ${isBrief}`, await versionOf(date), async () => {
      const now = context.clock.now()
      const asked = { directory, date, holidays, now, results, isBrief }
      const value = await checkNight({ ...asked, broken: 'tell' })
      return { value, isPassing: value.findings.some(({ kind }) => kind === 'broken') }
    })
  const versionOf = (date: string): Promise<string> => qualityVersion({ directory, date, results })
  const holidays = new Set(config.quality.holidays)
  return {
    project: directory,
    identity: await pagesIdentity(context.environment, [
      config.timezone,
      config.quality.holidays,
      web.allow,
    ]),
    name: config.name ?? basename(directory),
    timeZone: config.timezone,
    config: web,
    nights,
    index: new NightIndex(directory, nights),
    mask: createMask(context.environment),
    results,
    quality: date => judge(date, false),
    briefQuality: date => judge(date, true),
    qualityVersion: versionOf,
    models: modelSources(project, context.logger),
    warehouses: askWarehouses(project, context),
    parquetOf: parquetOfCsv,
    clock: context.clock,
    logger: context.logger,
    runTarget: web.allow.includes('run')
      ? (date, target) => runTargetAgain(directory, context.environment, date, target)
      : undefined,
  }
}
