import { FerryError } from '../../core/errors.ts'
import { parseDurationMs } from '../../core/units.ts'
import {
  isEmbedded,
  serveWarehouse,
  stopWarehouse,
  type WarehouseTarget,
  warehouseStatus,
} from '../../databases/open-warehouse.ts'
import { type CommandContext, defineCommand, flag, text } from '../command.ts'
import { openProject } from '../project.ts'

const DEFAULT_IDLE = '30s'

export default defineCommand({
  name: 'warehouse',
  summary: 'show or stop the process that owns an embedded warehouse',
  description:
    'An embedded warehouse (duckdb:PATH) is owned by one process, which the first command that ' +
    'needs it starts and which goes when it is idle. `status` shows it, `stop` ends it now.',
  arguments: [{ name: 'action', description: 'status or stop', required: true }],
  options: {
    on: text('NAME', 'the warehouse in ferry.yaml; all embedded ones when left out'),
    json: flag('print the status as JSON'),
    url: text('URL', 'the warehouse to serve', { hidden: true }),
  },
  examples: ['ferry warehouse status', 'ferry warehouse stop --on hot'],
  async run({ args, options, context }) {
    const action = args[0]
    if (action === 'serve') return serve(options.url, context)
    if (action !== 'status' && action !== 'stop') {
      throw new FerryError('USAGE', `no action \`${action}\``, { hint: 'choose status or stop' })
    }
    for (const [name, target] of await embeddedWarehouses(options.on, context)) {
      if (action === 'stop') await stop(name, target, context)
      else await show({ name, target, asJson: options.json }, context)
    }
    return 0
  },
})

async function serve(url: string | undefined, context: CommandContext): Promise<number> {
  if (url === undefined) throw new FerryError('USAGE', '`serve` needs --url')
  const idle = context.environment['FERRY_WAREHOUSE_IDLE'] ?? DEFAULT_IDLE
  const idleMs = parseDurationMs(idle)
  if (idleMs === undefined) {
    throw new FerryError('CONFIG_INVALID', `FERRY_WAREHOUSE_IDLE: \`${idle}\` is not a duration`, {
      hint: 'write it like 30s or 10m',
    })
  }
  const { signal, logger } = context
  await serveWarehouse({ url, projectDirectory: context.directory }, { idleMs, signal, logger })
  return 0
}

async function embeddedWarehouses(
  only: string | undefined,
  context: CommandContext,
): Promise<readonly (readonly [string, WarehouseTarget])[]> {
  const { directory, config } = await openProject(context.directory, context.environment)
  const all = Object.entries(config.warehouses)
  const chosen = all.filter(([name, { url }]) => (only ?? name) === name && isEmbedded(url))
  if (only !== undefined && chosen.length === 0) {
    const names = all.filter(([, { url }]) => isEmbedded(url)).map(([name]) => name)
    throw new FerryError('USAGE', `no embedded warehouse \`${only}\` in ferry.yaml`, {
      hint: `embedded ones: ${names.join(', ') || 'none'}`,
    })
  }
  return chosen.map(([name, { url }]) => [name, { url, projectDirectory: directory }])
}

async function show(
  { name, target, asJson }: { name: string; target: WarehouseTarget; asJson: boolean },
  { stdout }: CommandContext,
): Promise<void> {
  const status = await warehouseStatus(target)
  if (asJson) {
    stdout.write(`${JSON.stringify({ name, running: status !== undefined, ...status })}\n`)
  } else if (status === undefined) {
    stdout.write(`${name}: not running (it starts when it is needed)\n`)
  } else {
    const { pid, sessions, queries, leases, startedAt, database } = status
    stdout.write(
      `${name}: process ${pid} since ${startedAt}, ${sessions} sessions (${queries} running a ` +
        `statement), ${leases} leases, ${database}\n`,
    )
  }
}

async function stop(
  name: string,
  target: WarehouseTarget,
  { stdout }: CommandContext,
): Promise<void> {
  const pid = await stopWarehouse(target)
  stdout.write(pid === undefined ? `${name}: not running\n` : `${name}: stopped process ${pid}\n`)
}
