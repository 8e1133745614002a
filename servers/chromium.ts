/** A real browser without a window, driven over its DevTools protocol. */
import { startHttpServer } from './http-server.ts'
import { findChromium } from './chromium-package.ts'

const STARTS_WITHIN_MS = 10_000

export interface Chromium extends AsyncDisposable {
  /** A new tab; all tabs of a browser share their storage. Resolves when the page has loaded. */
  open(url: string): Promise<Tab>
  stop(): Promise<void>
}

/** @throws Error when the browser does not start */
export async function startChromium(): Promise<Chromium> {
  const { program, libraries } = await findChromium()
  const { port, stop } = await startHttpServer(
    'chromium',
    port => [
      program,
      `--remote-debugging-port=${port}`,
      '--user-data-dir=profile',
      '--no-sandbox', // tests may run as root
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--no-first-run',
      'about:blank',
    ],
    { LD_LIBRARY_PATH: libraries, HOME: '/nonexistent' },
  )
  const about: unknown = await (await fetch(`http://127.0.0.1:${port}/json/version`)).json()
  const socket = new WebSocket(String(Object(about).webSocketDebuggerUrl))
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve)
    socket.addEventListener('error', () => reject(new Error('no DevTools')))
  })
  const tools = new DevTools(socket)
  return {
    open: url => Tab.open(tools, url),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

type Message = Readonly<Record<string, unknown>>

/** @see https://chromedevtools.github.io/devtools-protocol/ */
class DevTools {
  readonly #socket: WebSocket
  readonly #asked = new Map<number, (message: Message) => void>()
  readonly #waiting = new Set<(message: Message) => void>()
  #next = 1

  constructor(socket: WebSocket) {
    this.#socket = socket
    socket.addEventListener('message', event => {
      const message = Object(JSON.parse(String(event.data))) as Message // objects, says the protocol
      const id = Number(message['id'])
      this.#asked.get(id)?.(message)
      this.#asked.delete(id)
      for (const one of this.#waiting) one(message)
    })
  }

  /** @throws Error with what the browser says, or when it says nothing */
  async ask(method: string, params: object, sessionId?: string): Promise<Message> {
    const id = this.#next++
    const { promise, resolve, reject } = Promise.withResolvers<Message>()
    const timer = setTimeout(() => reject(new Error(`${method}: no answer`)), STARTS_WITHIN_MS)
    this.#asked.set(id, resolve)
    this.#socket.send(JSON.stringify({ id, method, params, sessionId }))
    const answer = await promise.finally(() => clearTimeout(timer))
    if (answer['error'] !== undefined) throw new Error(`${method}: ${JSON.stringify(answer)}`)
    return Object(answer['result']) as Message
  }

  /** The next event of this name in a session. */
  async next(method: string, sessionId: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const timer = setTimeout(() => reject(new Error(`${method} did not come`)), STARTS_WITHIN_MS)
    const look = (message: Message): void => {
      if (message['method'] === method && message['sessionId'] === sessionId) resolve()
    }
    this.#waiting.add(look)
    await promise.finally(() => {
      clearTimeout(timer)
      this.#waiting.delete(look)
    })
  }
}

export class Tab {
  readonly #tools: DevTools
  readonly #target: string
  readonly #session: string

  private constructor(tools: DevTools, target: string, session: string) {
    this.#tools = tools
    this.#target = target
    this.#session = session
  }

  static async open(tools: DevTools, url: string): Promise<Tab> {
    const { targetId } = await tools.ask('Target.createTarget', { url: 'about:blank' })
    const attach = { targetId, flatten: true }
    const { sessionId } = await tools.ask('Target.attachToTarget', attach)
    const tab = new Tab(tools, String(targetId), String(sessionId))
    await tab.#ask('Page.enable')
    await tab.#ask('Network.enable')
    await tab.visit(url)
    return tab
  }

  async visit(url: string): Promise<void> {
    const loaded = this.#tools.next('Page.loadEventFired', this.#session)
    await Promise.all([loaded, this.#ask('Page.navigate', { url })])
  }

  async reload(): Promise<void> {
    const loaded = this.#tools.next('Page.loadEventFired', this.#session)
    await Promise.all([loaded, this.#ask('Page.reload')])
  }

  /** The value of an expression in the page, awaited. @throws Error when it throws there */
  async evaluate(expression: string): Promise<unknown> {
    const options = { expression, awaitPromise: true, returnByValue: true }
    const { result, exceptionDetails } = await this.#ask('Runtime.evaluate', options)
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails))
    return Object(result).value
  }

  async setOffline(offline: boolean): Promise<void> {
    const any = { latency: 0, downloadThroughput: -1, uploadThroughput: -1 }
    await this.#ask('Network.emulateNetworkConditions', { offline, ...any })
  }

  /** Ends the tab's process, as a bug of the browser does. */
  async crash(): Promise<void> {
    const gone = this.#tools.next('Inspector.targetCrashed', this.#session)
    const crashed = this.#ask('Page.crash').catch(() => undefined) // nobody is left to answer
    await gone
    void crashed
  }

  /** As its user does: the page is told. */
  async close(): Promise<void> {
    await this.#tools.ask('Target.closeTarget', { targetId: this.#target })
  }

  #ask(method: string, params: object = {}): Promise<Message> {
    return this.#tools.ask(method, params, this.#session)
  }
}
