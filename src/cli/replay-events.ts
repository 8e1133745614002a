import { join } from 'node:path'
import { type CollectConfig, collectConfig } from '../collector/config.ts'
import { type ReplayAccount, replayDeadLetters } from '../collector/replay/replay-dead-letters.ts'
import { type ReplayKeys, sendLetter } from '../collector/replay/send-letter.ts'
import { FerryError } from '../core/errors.ts'
import { retry, type RetryPolicy } from '../core/retry.ts'
import type { CommandContext } from './command.ts'
import { findProject, openProject } from './project.ts'

/** A collector that is being restarted, or is full for a moment, is waited for. */
const RETRY: RetryPolicy = {
  maxAttempts: 5,
  firstDelayMs: 200,
  maxDelayMs: 5_000,
  maxElapsedMs: 20_000,
}

/** `ferry events replay`. @throws FerryError DENIED, SERVICE_UNAVAILABLE, TRANSIENT, BUSY */
export async function replayCommand(
  options: { readonly to: string | undefined; readonly json: boolean },
  context: CommandContext,
): Promise<number> {
  const { directory, environment, signal, stdout } = context
  const project = findProject(directory)
  const config =
    project === undefined
      ? collectConfig.parse({})
      : (await openProject(directory, environment)).config.collect
  const to = collectorUrl(options.to, config)
  const keys = replayKeys(config)
  const account: ReplayAccount = { sent: 0, accepted: 0, refused: 0, unreadable: 0 }
  try {
    await replayDeadLetters(
      {
        directory: join(project ?? directory, config.spool),
        send: letter => retry(() => sendLetter(letter, { to, keys, signal }), RETRY, signal),
        signal,
      },
      account,
    )
  } finally {
    const { sent, accepted, refused, unreadable } = account
    const text = `${sent} sent: ${accepted} accepted, ${refused} refused again`
    const rest = unreadable === 0 ? '' : `; ${unreadable} lines are no dead letters`
    stdout.write(options.json ? `${JSON.stringify(account)}\n` : `${text}${rest}\n`)
  }
  return 0
}

function collectorUrl(given: string | undefined, { listen }: CollectConfig): URL {
  const host = ['0.0.0.0', '::'].includes(listen.host) ? '127.0.0.1' : listen.host
  const text = given ?? `http://${host.includes(':') ? `[${host}]` : host}:${listen.port}`
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url
  throw new FerryError('USAGE', `--to: \`${text}\` is not a URL such as http://127.0.0.1:8080`)
}

function replayKeys({ keys, secret, write_keys: writeKeys }: CollectConfig): ReplayKeys {
  const [first] = Object.entries(keys)
  return {
    key: first === undefined ? undefined : { id: first[0], secret: first[1] },
    secret,
    writeKey: writeKeys[0],
  }
}
