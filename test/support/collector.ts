import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { glob, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { parseRows } from '../../src/collector/parse-rows.ts'
import type { EventColumn } from '../../src/formats/event-row.ts'
import { FERRY } from './run-ferry.ts'

export type StoredEvent = Readonly<Record<EventColumn, string>>

/** A project folder in which `ferry collect` runs, again and again. */
export class CollectorProject implements AsyncDisposable {
  readonly directory: string

  private constructor(directory: string) {
    this.directory = directory
  }

  /** `yaml`: what stands under `collect:` in ferry.yaml. */
  static async make(yaml = '{}'): Promise<CollectorProject> {
    const directory = await mkdtemp(join(tmpdir(), 'ferry-collect-'))
    const project = new CollectorProject(directory)
    await project.configure(yaml)
    return project
  }

  async configure(yaml: string): Promise<void> {
    await writeFile(join(this.directory, 'ferry.yaml'), `collect: ${yaml}\n`)
  }

  /** Starts it on a free port and waits until it listens. */
  async start(
    args: readonly string[] = [],
    env: Record<string, string> = {},
  ): Promise<RunningCollector> {
    const child = spawn(FERRY, ['collect', '--listen', '127.0.0.1:0', ...args], {
      cwd: this.directory,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    return RunningCollector.listening(child)
  }

  /** All delivered events of CSV files, in the order of the files' names. */
  async delivered(folder = 'events'): Promise<StoredEvent[]> {
    const events: StoredEvent[] = []
    const names = await Array.fromAsync(glob(`${folder}/**/*.csv.gz`, { cwd: this.directory }))
    for (const name of names.sort()) {
      events.push(...parseRows(gunzipSync(await readFile(join(this.directory, name)))))
    }
    return events
  }

  /** What is in delivered CSV files that are not packed. */
  async deliveredText(): Promise<string> {
    return this.#textOf('events/**/*.csv')
  }

  /** All that is in the spool, segments as they lie there. */
  async spooled(): Promise<string> {
    return this.#textOf('.ferry/collect/*')
  }

  async #textOf(pattern: string): Promise<string> {
    const names = await Array.fromAsync(glob(pattern, { cwd: this.directory }))
    const texts = names.sort().map(name => readFile(join(this.directory, name), 'latin1'))
    return (await Promise.all(texts)).join('')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.directory, { recursive: true, force: true })
  }

  async makeFolder(name: string): Promise<string> {
    const path = join(this.directory, name)
    await mkdir(path, { recursive: true })
    return path
  }
}

export class RunningCollector {
  readonly url: string
  readonly child: ChildProcess
  readonly ended: Promise<number | null>
  readonly #said: () => string

  private constructor(url: string, child: ChildProcess, said: () => string) {
    this.url = url
    this.child = child
    this.#said = said
    this.ended = endOf(child)
  }

  static async listening(child: ChildProcess): Promise<RunningCollector> {
    let said = ''
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      const url = /listening on (http:\/\/\S+?),/.exec(said)?.[1]
      if (url !== undefined) resolve(url)
    })
    child.once('exit', code => reject(new Error(`ferry collect ended with ${code}: ${said}`)))
    const url = await promise
    return new RunningCollector(url, child, () => said)
  }

  get said(): string {
    return this.#said()
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL')
    await this.ended
  }

  /** Ends it as systemd does; returns the exit code. */
  async stop(): Promise<number | null> {
    this.child.kill('SIGTERM')
    return this.ended
  }

  /** By name, as on /metrics; the values of a name with labels are summed. */
  async metrics(): Promise<Record<string, number>> {
    const text = await (await fetch(`${this.url}/metrics`)).text()
    const values: Record<string, number> = {}
    for (const [, name = '', value] of text.matchAll(/^ferry_collect_(\w+)(?:\{.*\})? (\d+)$/gm)) {
      values[name] = (values[name] ?? 0) + Number(value)
    }
    return values
  }
}

function endOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode)
  return new Promise(resolve => {
    child.once('close', resolve)
  })
}

export const DEVICE = {
  deviceId: 'a9c0',
  clientId: 'web',
  systemVersion: '14.1',
  productVersion: '2.0',
  env: 'STAGING',
}
const STAGING = 8

export const md5 = (text: string | Uint8Array): string =>
  createHash('md5').update(text).digest('hex')

/** The session that the protocol wants of a device. */
export function sessionOf(device: typeof DEVICE, env = STAGING): string {
  const { deviceId, clientId, systemVersion, productVersion } = device
  return md5([deviceId, clientId, systemVersion, productVersion, env].join(':'))
}

/** A collection as protobuf's JSON mapping has it. */
export function collection(payloads: readonly object[], more: object = {}): object {
  return { ...DEVICE, session: sessionOf(DEVICE), payloads, ...more }
}

/** A request with one event, signed now, which can be sent again as it is. */
export function signedRequest(nr: number, secret: string): RequestInit {
  const body = JSON.stringify(collection([{ at: '1700000000', event: 'open', nr }]))
  const timeS = Math.floor(Date.now() / 1_000)
  const signature = createHash('sha256')
    .update(`${timeS}|${md5(body)}|${secret}`)
    .digest('base64')
  return {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'X-Hamustro-Time': String(timeS),
      'X-Hamustro-Signature': signature,
    },
    body,
  }
}
