import { spawn } from 'node:child_process'
import { FerryError } from '../core/errors.ts'
import type { Logger } from '../core/logger.ts'
import { formatReport, type NightReport } from './night-report.ts'

export interface NotifyOptions {
  /** Gets Slack's format: `{"text": ...}`. */
  readonly webhook?: string | undefined
  /** Gets the report as plain JSON. */
  readonly json?: string | undefined
  /** A shell command; gets the text on its stdin. */
  readonly command?: string | undefined
  readonly directory: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly logger: Logger
}

const TIMEOUT_MS = 10_000

/**
 * Sends a report to all who are to get it. One that cannot be reached is a warning, as the night's
 * outcome matters more; the warning never shows the address, which may be a secret.
 */
export async function notify(report: NightReport, options: NotifyOptions): Promise<void> {
  const text = formatReport(report)
  const warn = (who: string) => (error: unknown) => {
    const why = error instanceof FerryError ? error.message : 'it cannot be reached'
    options.logger.warn(`${who} did not take the report: ${why}`)
  }
  await Promise.all([
    options.webhook !== undefined &&
      post(options.webhook, { text }).catch(warn('the webhook of run.notify.webhook')),
    options.json !== undefined &&
      post(options.json, report).catch(warn('the webhook of run.notify.json')),
    options.command !== undefined &&
      pipeTo(options.command, text, options).catch(warn('the command of run.notify.command')),
  ])
}

async function post(url: string, body: unknown): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  await answer.body?.cancel()
  if (!answer.ok) throw new FerryError('SERVICE_UNAVAILABLE', `it answered ${answer.status}`)
}

function pipeTo(command: string, text: string, options: NotifyOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/bash', ['-c', command], {
      cwd: options.directory,
      env: { ...options.environment },
      stdio: ['pipe', 'ignore', 'ignore'],
      timeout: TIMEOUT_MS,
      killSignal: 'SIGKILL',
    })
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      if (code === 0) resolve()
      else {
        const how = signal === null ? `exit code ${code}` : `${signal} (it has ${TIMEOUT_MS} ms)`
        reject(new FerryError('TRANSIENT', `it ended with ${how}`))
      }
    })
    child.stdin.on('error', () => {}) // it need not read; its exit code tells
    child.stdin.end(text)
  })
}
