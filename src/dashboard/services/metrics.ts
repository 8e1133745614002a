import type { Dashboard } from '../dashboard.ts'
import { type NightSummary, TARGET_STATES } from '../nights/night.ts'
import type { WebApp } from '../page.ts'

const STATES = ['running', 'waiting', 'made', 'failed', 'stopped'] as const

/** `/metrics`: the newest night in the text format of Prometheus. */
export function metrics(app: WebApp, { nights, index }: Dashboard): void {
  app.get('/metrics', async context => {
    const [newest] = await nights.dates()
    const lines = newest === undefined ? [] : describe(await index.summary(newest))
    context.header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
    return context.body(lines.map(line => `${line}\n`).join(''))
  })
}

function describe(summary: NightSummary): string[] {
  const gauge = (name: string, help: string): string[] => [
    `# HELP ferry_night_${name} ${help}`,
    `# TYPE ferry_night_${name} gauge`,
  ]
  const times = (name: string, help: string, ms: number | undefined): string[] =>
    ms === undefined ? [] : [...gauge(name, help), `ferry_night_${name} ${ms / 1_000}`]
  return [
    ...gauge('targets', 'Targets of the newest night, by state.'),
    ...TARGET_STATES.map(
      state => `ferry_night_targets{state="${state.replace(' ', '_')}"} ${summary.counts[state]}`,
    ),
    ...gauge('state', 'The state of the newest night is 1, all others 0.'),
    ...STATES.map(
      state => `ferry_night_state{state="${state}"} ${state === summary.state ? 1 : 0}`,
    ),
    ...gauge('attempts', 'Attempts of the newest night.'),
    `ferry_night_attempts ${summary.attempts}`,
    ...gauge('commands', 'Commands that the newest night has run.'),
    `ferry_night_commands ${summary.commands}`,
    ...times(
      'date_timestamp_seconds',
      'Midnight (UTC) of its logical date.',
      Date.parse(`${summary.date}T00:00:00Z`),
    ),
    ...times('started_timestamp_seconds', 'When it began.', summary.startedAt),
    ...times('finished_timestamp_seconds', 'When it ended.', summary.finishedAt),
  ]
}
