/**
 * Classifying: a request's route among 30, and the learned template of a path; nanoseconds each (of CPU:
 * on a busy machine the clock says little), over 20,000 requests of which 10 % have no route. Aim: 100 ns for a route.
 */
import { LearnedTemplates } from '../../src/cruncher/routes/learned-templates.ts'
import { parseRule } from '../../src/cruncher/routes/parse-rule.ts'
import { compileRoutes } from '../../src/cruncher/routes/route-tree.ts'

const REQUESTS = 20_000
const WARM_UP_ROUNDS = 20
const ROUNDS = 200

const RULES = `GET /
GET /health
GET /about
GET,HEAD /login
GET /static/*
POST /webhooks/:provider/:token
POST /api/v1/login
POST /api/v1/logout
GET /api/v1/search
GET /api/v1/users
POST /api/v1/users
GET /api/v1/users/me
GET /api/v1/users/:id
PATCH /api/v1/users/:id
DELETE /api/v1/users/:id
GET /api/v1/users/:id/avatar
GET /api/v1/lists
POST /api/v1/lists
GET /api/v1/lists/:id
PATCH /api/v1/lists/:id
DELETE /api/v1/lists/:id
GET /api/v1/lists/:id/tasks
POST /api/v1/lists/:id/tasks
GET /api/v1/tasks/:id
PATCH /api/v1/tasks/:id
DELETE /api/v1/tasks/:id
GET /api/v1/tasks/:id/comments
POST /api/v1/tasks/:id/comments
GET /api/v1/tasks/:id/files
GET /api/v1/tasks/:id/files/:file.json`.split('\n')

const tree = compileRoutes(
  RULES.map(text => {
    const rule = parseRule(text)
    if (typeof rule === 'string') throw new Error(rule)
    return { ...rule, name: text, place: '' }
  }),
)

let state = 1
function random(below: number): number {
  state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
  return (state >> 8) % below
}

function hexadecimal(digits: number): string {
  return Array.from({ length: digits }, () => random(16).toString(16)).join('')
}

/** What each is of a hundred, and its request. */
const MIX: readonly (readonly [number, () => string])[] = [
  [18, () => `GET /api/v1/tasks/${random(5_000_000)}`],
  [12, () => `PATCH /api/v1/tasks/${random(5_000_000)}`],
  [12, () => `GET /api/v1/lists/${random(5_000_000)}/tasks?completed=false&limit=50`],
  [8, () => 'GET /api/v1/users/me'],
  [6, () => `POST /api/v1/tasks/${random(5_000_000)}/comments`],
  [
    6,
    () =>
      `GET /api/v1/tasks/${random(5_000_000)}/files/${[8, 4, 4, 4, 12].map(hexadecimal).join('-')}.json`,
  ],
  [8, () => 'GET /health'],
  [8, () => `GET /static/js/main.${hexadecimal(8)}.js`],
  [6, () => `GET /api/v1/search?q=foo%20bar&page=${random(100)}`],
  [3, () => 'POST /api/v1/login'],
  [3, () => 'GET /'],
  [
    5,
    () =>
      `GET /api/v2/teams/${random(5_000)}/members/${[8, 4, 4, 4, 12].map(hexadecimal).join('-')}`,
  ],
  [2, () => 'GET /wp-login.php'],
  [3, () => `GET /blog/2026/11/why-make-is-enough-for-${random(1_000)}`],
]
const shuffled = MIX.flatMap(([share, make]) => Array.from({ length: share }, () => make))
const requests = Array.from({ length: REQUESTS }, () => shuffled[random(shuffled.length)]?.() ?? '')
const bytes = Buffer.from(requests.join('\n'))
const places = new Int32Array(3 * REQUESTS)
let from = 0
for (const [index, request] of requests.entries()) {
  places.set([from, from + request.indexOf(' '), from + request.length], 3 * index)
  from += request.length + 1
}

const method = { bytes, from: 0, to: 0 }
const path = { bytes, from: 0, to: 0 }
let withRoute = 0
function findRoutes(): void {
  withRoute = 0
  for (let at = 0; at < places.length; at += 3) {
    method.from = places[at] ?? 0
    method.to = places[at + 1] ?? 0
    path.from = method.to + 1
    path.to = places[at + 2] ?? 0
    if (tree.find(method, path) >= 0) withRoute++
  }
}

const templates = new LearnedTemplates(1_000)
function findTemplates(): void {
  for (let at = 0; at < places.length; at += 3)
    templates.find(bytes, (places[at + 1] ?? 0) + 1, places[at + 2] ?? 0)
}

for (const [name, run] of [
  ['route', findRoutes],
  ['template', findTemplates],
] as const) {
  for (let round = 0; round < WARM_UP_ROUNDS; round++) run()
  const before = process.cpuUsage()
  let least = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now()
    run()
    least = Math.min(least, performance.now() - started)
  }
  const { user, system } = process.cpuUsage(before)
  const cpuNs = ((user + system) * 1e3) / (ROUNDS * REQUESTS)
  const leastNs = (least * 1e6) / REQUESTS
  console.log(`${name}: ${cpuNs.toFixed(0)} ns of CPU, least ${leastNs.toFixed(0)} ns of the clock`)
}
console.log(
  `with a route: ${((100 * withRoute) / REQUESTS).toFixed(1)} %; templates: ${templates.last}`,
)
