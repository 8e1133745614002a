import { expect, test } from 'vitest'
import { parseLogicalDate } from '../../src/core/logical-date.ts'
import { judgeNight } from '../../src/dashboard/nights/judge-night.ts'
import type { CommandRecord, TrackedCommand } from '../../src/formats/command-record.ts'
import type { GraphTarget, NightGraph } from '../../src/formats/night-graph.ts'
import type { NightState } from '../../src/formats/night-state.ts'

const date = parseLogicalDate('2026-03-01')

interface Ran {
  readonly target: string
  /** Undefined: it has no END. */
  readonly exit?: number
  readonly attempt?: number
  readonly held?: boolean
}

function command({ target, exit, attempt = 1, held }: Ran, place: number): TrackedCommand {
  const at = (seconds: number): string =>
    new Date(Date.parse('2026-03-01T02:00:00Z') + seconds * 1_000).toISOString()
  const begin: CommandRecord = {
    tag: 'BEGIN',
    id: String(place),
    target,
    command: `make ${target}`,
    attempt,
    has_make_level: true,
    started_at: at(place * 10),
    finished_at: null,
    exit_code: null,
    user_s: null,
    system_s: null,
    host: 'h',
    pid: 1,
    run_id: `run${attempt}`,
    ...(held === true && { held }),
  }
  if (exit === undefined) return { begin, end: undefined }
  return {
    begin,
    end: {
      ...begin,
      tag: 'END',
      finished_at: at(place * 10 + 5),
      exit_code: exit,
      user_s: 1,
      system_s: 0,
    },
  }
}

/** `a` before `b` before `c`, and `d` alone. */
function graph(more: Partial<Record<string, Partial<GraphTarget>>> = {}): NightGraph {
  const target = (
    name: string,
    needs: number[],
    kind: GraphTarget['kind'] = 'made',
  ): GraphTarget => ({
    name,
    kind,
    needs,
    out_of_date: true,
    commands: 1,
    ignored: [],
    place: null,
    ...more[name],
  })
  return {
    version: 1,
    date,
    written_at: '',
    goals: ['all'],
    targets: [
      target('all', [1, 4], 'alias'),
      target('c', [2]),
      target('b', [3]),
      target('a', [5]),
      target('d', []),
      target('file', [], 'source'),
    ],
  }
}

function state(outcome: 'made' | 'failed' | 'interrupted' | null, attempts = 1): NightState {
  return {
    version: 1,
    date,
    begun_at: '',
    begun_by: 'clock',
    synced_at: null,
    closed: true,
    reported: {},
    alarmed: false,
    attempts: Array.from({ length: attempts }, (_, at) => ({
      number: at + 1,
      run_id: `run${at + 1}`,
      started_at: '2026-03-01T02:00:00.000Z',
      ended_at: outcome === null && at === attempts - 1 ? null : '2026-03-01T03:00:00.000Z',
      settled: true,
      outcome: at === attempts - 1 ? outcome : 'failed',
      targets: ['all'],
      all_permanent: false,
      makefiles_hash: '',
      boot_id: '',
    })),
  }
}

interface Case {
  readonly ran: readonly Ran[]
  readonly graph?: NightGraph | undefined
  readonly state?: NightState | undefined
  readonly isHeld?: boolean
  readonly alive?: readonly string[]
}

const judge = ({ ran, isHeld = false, alive = [], ...rest }: Case) =>
  judgeNight({
    date,
    version: '1',
    commands: ran.map(command),
    graph: 'graph' in rest ? rest.graph : graph(),
    state: 'state' in rest ? rest.state : state('failed'),
    isHeld,
    isAlive: one => alive.includes(one.begin.target),
  })

const statesOf = (one: Case): Record<string, string> =>
  Object.fromEntries([...judge(one).targets].map(([name, target]) => [name, target.state]))

test.each<[string, Case, Record<string, string>]>([
  [
    'all made',
    { ran: ['a', 'b', 'c', 'd'].map(target => ({ target, exit: 0 })) },
    { a: 'done', b: 'done', c: 'done', d: 'done' },
  ],
  [
    'a failure keeps from what needs it, and from nothing else',
    {
      ran: [
        { target: 'a', exit: 65 },
        { target: 'd', exit: 0 },
      ],
    },
    { a: 'failed', b: 'not reached', c: 'not reached', d: 'done' },
  ],
  [
    'what waits for its turn waits',
    { ran: [{ target: 'a' }], state: state(null), isHeld: true, alive: ['a'] },
    { a: 'running', b: 'waiting', c: 'waiting', d: 'waiting' },
  ],
  [
    'what can no longer have its turn was not reached',
    {
      ran: [{ target: 'a', exit: 1 }, { target: 'd' }],
      state: state(null),
      isHeld: true,
      alive: ['d'],
    },
    { a: 'failed', b: 'not reached', c: 'not reached', d: 'running' },
  ],
  [
    'killed with its shell',
    { ran: [{ target: 'a' }] },
    { a: 'failed', b: 'not reached', c: 'not reached', d: 'not reached' },
  ],
  [
    'made at the second attempt',
    {
      ran: [
        { target: 'a', exit: 75 },
        { target: 'a', exit: 0, attempt: 2 },
      ],
      state: state('failed', 2),
    },
    { a: 'done', b: 'not reached', c: 'not reached', d: 'not reached' },
  ],
  [
    'held back, as it failed for good before',
    {
      ran: [
        { target: 'a', exit: 65 },
        { target: 'a', exit: 65, attempt: 2, held: true },
      ],
    },
    { a: 'failed', b: 'not reached', c: 'not reached', d: 'not reached' },
  ],
  [
    'a failure that make ignores',
    { ran: [{ target: 'a', exit: 1 }], graph: graph({ a: { ignored: [0] } }) },
    { a: 'done', b: 'not reached', c: 'not reached', d: 'not reached' },
  ],
  [
    'up to date before the night',
    { ran: [], graph: graph({ a: { out_of_date: false } }) },
    { a: 'done', b: 'not reached', c: 'not reached', d: 'not reached' },
  ],
  [
    'between two lines of a recipe',
    {
      ran: [{ target: 'a', exit: 0 }, { target: 'd' }],
      graph: graph({ a: { commands: 2 } }),
      state: state(null),
      isHeld: true,
      alive: ['d'],
    },
    { a: 'running', b: 'waiting', c: 'waiting', d: 'running' },
  ],
  [
    'made by hand, without a graph',
    {
      ran: [
        { target: 'x', exit: 0, attempt: 0 },
        { target: 'y', exit: 2, attempt: 0 },
      ],
      graph: undefined,
      state: undefined,
    },
    { x: 'done', y: 'failed' },
  ],
])('%s', (_, given, expected) => {
  expect(statesOf(given)).toEqual(expected)
})

test.each<[string, Case, string]>([
  [
    'made',
    { ran: ['a', 'b', 'c', 'd'].map(target => ({ target, exit: 0 })), state: state('made') },
    'made',
  ],
  ['failed', { ran: [{ target: 'a', exit: 1 }] }, 'failed'],
  [
    'running',
    { ran: [{ target: 'a' }], state: state(null), isHeld: true, alive: ['a'] },
    'running',
  ],
  ['waiting for the next attempt', { ran: [{ target: 'a', exit: 1 }], isHeld: true }, 'waiting'],
  ['killed', { ran: [{ target: 'a' }], state: state(null) }, 'stopped'],
  ['interrupted', { ran: [{ target: 'a', exit: 130 }], state: state('interrupted') }, 'stopped'],
])('a night that is %s', (_, given, expected) => {
  expect(judge(given).state).toBe(expected)
})

test('a failure tells what it kept from being made, the nearest first, and whether it is for good', () => {
  const target = judge({ ran: [{ target: 'a', exit: 65 }] }).targets.get('a')
  expect(target).toMatchObject({ keptFrom: ['b', 'c'], exitCode: 65, isPermanent: true })
})

test('what was made beside the night counts for nothing in its sums', () => {
  const night = judge({
    ran: [
      { target: 'extra', exit: 1 },
      { target: 'a', exit: 0 },
    ],
  })
  expect(night.wanted).toBe(4)
  expect(night.counts).toEqual({ failed: 0, running: 0, 'not reached': 3, waiting: 0, done: 1 })
  expect(night.targets.get('extra')).toMatchObject({ state: 'failed', isWanted: false })
})
