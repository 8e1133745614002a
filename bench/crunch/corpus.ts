import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { createGzip } from 'node:zlib'

/**
 * Lines of one service fleet as they lie in a bucket, the same for the same seed: of a million 45 % are
 * JSON (three loggers), 40 % access log, 12 % key=value and 3 % lines of stack traces; 200 MB. Written
 * with gzip's usual level 6 into `files` files of equal length.
 */
export async function writeLogs(
  pathOf: (file: number) => string,
  { lines, files, only }: { lines: number; files: number; only?: 'access' | 'json' },
): Promise<void> {
  const random = seeded(11)
  const each = Math.ceil(lines / files)
  let atMs = Date.UTC(2026, 2, 1)
  for (let file = 0; file < files; file++) {
    const packed = createGzip()
    const target = createWriteStream(pathOf(file))
    packed.pipe(target)
    let block: string[] = []
    for (let line = 0; line < each; ) {
      atMs += random() * 170
      const made = only === undefined ? anyLine(random, atMs) : [ONLY[only](random, atMs)]
      block.push(...made)
      line += made.length
      if (block.length < 10_000) continue
      if (!packed.write(`${block.join('\n')}\n`)) await once(packed, 'drain')
      block = []
    }
    packed.end(block.length === 0 ? '' : `${block.join('\n')}\n`)
    await once(target, 'close')
  }
}

type Random = () => number

const ONLY = { access: accessLine, json: jsonLine }

function anyLine(random: Random, atMs: number): string[] {
  const kind = random()
  // An error has a trace of six lines: by half a percent of lines three are of traces.
  if (kind < 0.005) return [pinoLine(random, atMs, 50), ...trace(random)]
  if (kind < 0.469) return [jsonLine(random, atMs)]
  if (kind < 0.876) return [accessLine(random, atMs)]
  return [pairLine(random, atMs)]
}

function jsonLine(random: Random, atMs: number): string {
  const kind = random()
  if (kind < 0.5) return pinoLine(random, atMs, 30)
  return kind < 0.8 ? logrusLine(random, atMs) : ecsLine(random, atMs)
}

function pinoLine(random: Random, atMs: number, level: number): string {
  const { method, path } = request(random)
  return JSON.stringify({
    level,
    time: Math.floor(atMs),
    pid: 4_711,
    hostname: `web-${Math.floor(random() * 20)}`,
    reqId: hex(random, 16),
    req: { method, url: path, remoteAddress: ip(random) },
    res: { statusCode: status(random) },
    responseTime: Math.floor(random() * 900),
    user_id: String(Math.floor(random() * 100_000)),
    msg: random() < 0.1 ? 'request "completed" late' : 'request completed',
  })
}

function logrusLine(random: Random, atMs: number): string {
  const { method, path } = request(random)
  return JSON.stringify({
    level: random() < 0.05 ? 'warning' : 'info',
    method,
    msg: 'handled',
    path,
    service: 'tasks',
    status: status(random),
    duration_ms: Number((random() * 300).toFixed(3)),
    time: new Date(atMs).toISOString(),
    user_id: Math.floor(random() * 100_000),
  })
}

function ecsLine(random: Random, atMs: number): string {
  const { method, path } = request(random)
  return JSON.stringify({
    '@timestamp': new Date(atMs).toISOString(),
    'log.level': 'INFO',
    message: `${method} ${path}`,
    'ecs.version': '1.6.0',
    service: { name: 'billing' },
    http: { request: { method }, response: { status_code: status(random) } },
    url: { path },
    event: { duration: Math.floor(random() * 90_000_000) },
  })
}

const AGENTS = [
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148',
  'okhttp/4.12.0',
  'curl/8.5.0',
]
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

function accessLine(random: Random, atMs: number): string {
  const { method, path } = request(random)
  const at = new Date(atMs)
  const day = `${two(at.getUTCDate())}/${MONTHS[at.getUTCMonth()]}/${at.getUTCFullYear()}`
  const time = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`
  const bytes = Math.floor(random() * 20_000)
  const agent = AGENTS[Math.floor(random() * AGENTS.length)]
  const referer = random() < 0.5 ? '-' : 'https://app.example.com/inbox'
  return `${ip(random)} - - [${day}:${time} +0000] "${method} ${path} HTTP/1.1" ${status(random)} ${bytes} "${referer}" "${agent}"`
}

function pairLine(random: Random, atMs: number): string {
  const { method, path } = request(random)
  const took = (random() * 90).toFixed(2)
  return `ts=${new Date(atMs).toISOString()} level=info component=sync method=${method} path=${path} status=${status(random)} duration_ms=${took} user_id=${Math.floor(random() * 100_000)} msg="synced ${Math.floor(random() * 50)} lists"`
}

function trace(random: Random): string[] {
  const frames = ['TaskService.update', 'Dispatcher.handle', 'Pool.run', 'Thread.loop', 'Main.main']
  return [
    'java.lang.IllegalStateException: task is gone',
    ...frames.map(
      frame => `\tat com.example.${frame}(${frame}.java:${Math.floor(random() * 900)})`,
    ),
  ]
}

const METHODS = ['GET', 'GET', 'GET', 'GET', 'POST', 'PATCH', 'PUT', 'DELETE']

function request(random: Random): { method: string; path: string } {
  const method = METHODS[Math.floor(random() * METHODS.length)] ?? 'GET'
  const [, pattern = '/'] = ROUTES[Math.floor(random() * random() * ROUTES.length)] ?? []
  const path = pattern.replaceAll(/:\w+/g, name =>
    name === ':uuid' ? uuid(random) : String(Math.floor(random() * 1_000_000)),
  )
  return { method, path: random() < 0.2 ? `${path}?page=${Math.floor(random() * 9)}` : path }
}

/** Thirty routes, as a product of lists and tasks has them. */
export const ROUTES: readonly (readonly [name: string, pattern: string])[] = [
  ['task.list', '/api/v1/tasks'],
  ['task', '/api/v1/tasks/:id'],
  ['task.comments', '/api/v1/tasks/:id/comments'],
  ['task.comment', '/api/v1/tasks/:id/comments/:comment'],
  ['task.files', '/api/v1/tasks/:id/files'],
  ['task.file', '/api/v1/tasks/:id/files/:uuid'],
  ['task.reminders', '/api/v1/tasks/:id/reminders'],
  ['lists', '/api/v1/lists'],
  ['list', '/api/v1/lists/:id'],
  ['list.members', '/api/v1/lists/:id/members'],
  ['list.member', '/api/v1/lists/:id/members/:member'],
  ['list.positions', '/api/v1/lists/:id/positions'],
  ['users', '/api/v1/users'],
  ['user', '/api/v1/users/:id'],
  ['user.avatar', '/api/v1/users/:id/avatar'],
  ['user.settings', '/api/v1/users/:id/settings'],
  ['notes', '/api/v1/notes'],
  ['note', '/api/v1/notes/:uuid'],
  ['subtasks', '/api/v1/subtasks'],
  ['subtask', '/api/v1/subtasks/:id'],
  ['memberships', '/api/v1/memberships'],
  ['membership', '/api/v1/memberships/:id'],
  ['search', '/api/v1/search'],
  ['events', '/api/v1/events'],
  ['root', '/api/v1/root'],
  ['login', '/login'],
  ['logout', '/logout'],
  ['health', '/health'],
  ['asset', '/assets/:uuid'],
  ['webhook', '/hooks/:uuid'],
]

const STATUSES = [200, 200, 200, 200, 200, 201, 204, 304, 400, 401, 404, 500]
const status = (random: Random): number => STATUSES[Math.floor(random() * STATUSES.length)] ?? 200
const two = (value: number): string => String(value).padStart(2, '0')
const ip = (random: Random): string =>
  `${10 + Math.floor(random() * 200)}.${Math.floor(random() * 256)}.${Math.floor(random() * 256)}.${1 + Math.floor(random() * 250)}`
const hex = (random: Random, length: number): string =>
  Array.from({ length }, () => '0123456789abcdef'[Math.floor(random() * 16)]).join('')
const uuid = (random: Random): string =>
  [8, 4, 4, 4, 12].map(length => hex(random, length)).join('-')

/** Numbers from 0 to 1, the same for a seed (mulberry32). */
function seeded(seed: number): Random {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
