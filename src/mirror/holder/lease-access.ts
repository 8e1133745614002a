import { setTimeout as sleep } from 'node:timers/promises'
import { FerryError, fromErrorRecord } from '../../core/errors.ts'
import { connectTo } from '../../core/unix-socket.ts'
import type { Engine } from '../../databases/engine.ts'
import { ownAccess } from '../own-access.ts'
import type { SourceAccess } from '../source-access.ts'
import { readLimits, readTarget, type SourceSettings } from '../source-settings.ts'
import { sourceReaderOf } from '../take-moment.ts'
import type { TableTask } from '../table-task.ts'
import { holderFiles } from './holder-files.ts'
import {
  type LeaseAnswer,
  type LeaseRequest,
  readLines,
  sendLine,
  settingsDigest,
} from './messages.ts'
import { startHolder } from './start-holder.ts'

/** How long a holder with other settings may finish what it has begun. */
const RETIRES_WITHIN_MS = 600_000
const POLL_MS = 250

/**
 * Leave to read a source, from the process that holds its moment for all; started where there is none.
 * Waits for a connection. The leave ends with `Symbol.asyncDispose`, with this process, and with the
 * holder: reading then fails as TRANSIENT. `after` is a moment that must not be given again.
 * @throws FerryError what taking the moment threw
 */
export async function leaseAccess(
  engine: Engine,
  settings: SourceSettings,
  task: TableTask,
  after: string | undefined,
): Promise<SourceAccess> {
  const { config, signal } = settings
  const { answer, lost, finish, close } = await askHolder(settings, {
    digest: settingsDigest(config),
    wish: { what: task.name, wanted: task.chunks, after },
  })
  const reading = { ...settings, signal: AbortSignal.any([signal, lost]) }
  if (answer.moment === null)
    return await withOwnMoment(engine, reading, task, { slots: answer.slots, close })
  const { moment, slots } = answer
  const source = sourceReaderOf(engine, settings.name)
  return {
    moment,
    slots,
    signal: reading.signal,
    finish,
    reader: () =>
      source.joinSnapshot(readTarget(reading), moment.snapshot ?? '', readLimits(reading)),
    [Symbol.asyncDispose]: async () => close(),
  }
}

/** The holder counts connections; the moment is each reader's own. */
async function withOwnMoment(
  engine: Engine,
  settings: SourceSettings,
  task: TableTask,
  lease: { readonly slots: number; readonly close: () => void },
): Promise<SourceAccess> {
  try {
    const access = await ownAccess(engine, settings, [task], lease.slots)
    return {
      ...access,
      async [Symbol.asyncDispose]() {
        await access[Symbol.asyncDispose]()
        lease.close()
      },
    }
  } catch (error) {
    lease.close()
    throw error
  }
}

interface Granted {
  readonly answer: Extract<LeaseAnswer, { kind: 'granted' }>
  /** Aborted when the holder has gone. */
  readonly lost: AbortSignal
  readonly finish: () => void
  readonly close: () => void
}

async function askHolder(settings: SourceSettings, request: LeaseRequest): Promise<Granted> {
  const files = await holderFiles(settings.projectDirectory, settings.name)
  const deadline = Date.now() + RETIRES_WITHIN_MS
  for (;;) {
    settings.signal.throwIfAborted()
    const socket = await connectTo(files.socket)
    if (socket === undefined) {
      await startHolder(files, settings)
      continue
    }
    const lost = new AbortController()
    socket.on('error', () => {}).on('close', () => lost.abort(holderGone(settings.name)))
    const stop = (): void => void socket.destroy()
    settings.signal.addEventListener('abort', stop, { once: true })
    const close = (): void => {
      settings.signal.removeEventListener('abort', stop)
      socket.end()
      socket.unref()
    }
    sendLine(socket, request)
    const { value: answer } = await readLines<LeaseAnswer>(socket).next()
    if (answer?.kind === 'granted') {
      socket.resume() // so that its end is noticed
      return { answer, lost: lost.signal, finish: () => sendLine(socket, { kind: 'read' }), close }
    }
    close()
    if (answer?.kind === 'failed') throw fromErrorRecord(answer.error)
    if (Date.now() > deadline) {
      throw new FerryError('BUSY', `\`${settings.name}\` is read with other settings`, {
        hint: 'wait until those readings end',
      })
    }
    await sleep(POLL_MS, undefined, { signal: settings.signal })
  }
}

const holderGone = (name: string): FerryError =>
  new FerryError('TRANSIENT', `the process that holds the moment of \`${name}\` went away`, {
    hint: 'try again: a new moment is taken',
  })
