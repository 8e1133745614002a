import { Worker } from 'node:worker_threads'
import { FerryError, fromErrorRecord } from '../core/errors.ts'
import { forEachParallel } from '../core/for-each-parallel.ts'
import type { Logger } from '../core/logger.ts'
import { crunchInput } from './crunch-input.ts'
import { type InputFile, STANDARD_INPUT } from './input/input-file.ts'
import type { CrunchPlan } from './plan.ts'
import { prepare } from './prepare.ts'
import { type CrunchReceipt, readReceipt } from './receipt.ts'
import type { WorkerAnswer, WorkerStart } from './worker-messages.ts'

export interface CrunchOptions {
  /** Threads, of which this is one. */
  readonly workers: number
  readonly workerFile: URL
  readonly stdin: AsyncIterable<Uint8Array>
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  readonly logger: Logger
  /** What was made with another plan counts, too. */
  readonly keepsOthers?: boolean
  /** Told after each input. */
  readonly onDone?: (receipt: CrunchReceipt, isNew: boolean) => void
}

/** Crunches one input on some thread. */
interface Hand extends AsyncDisposable {
  crunch(input: InputFile): Promise<CrunchReceipt>
}

/**
 * Crunches all inputs that have no receipt yet, on all threads, the largest first; returns the receipts
 * in the order of the inputs. What was made of an input does not hang on the threads or on the order.
 * The first failure ends it when what is under way has ended. @throws FerryError as crunchInput does
 */
export async function crunch(
  inputs: readonly InputFile[],
  plan: CrunchPlan,
  options: CrunchOptions,
): Promise<readonly CrunchReceipt[]> {
  const { signal, onDone } = options
  const receipts = new Map<string, CrunchReceipt>()
  const open: InputFile[] = []
  for (const input of inputs) {
    if (input === STANDARD_INPUT) {
      open.push(input)
      continue
    }
    const receipt = await readReceipt(
      plan.stateDirectory,
      input,
      options.keepsOthers === true ? undefined : plan.hash,
    )
    if (receipt === undefined) open.push(input)
    else {
      receipts.set(input.name, receipt)
      onDone?.(receipt, false)
    }
  }
  open.sort((a, b) => b.size - a.size || (a.name < b.name ? -1 : 1))
  const count = open.includes(STANDARD_INPUT) ? 1 : Math.min(options.workers, open.length)
  await using hands = startHands(count, plan, options)
  await forEachParallel(open, count, async input => {
    signal.throwIfAborted()
    const receipt = await hands.use(hand => hand.crunch(input))
    receipts.set(input.name, receipt)
    onDone?.(receipt, true)
  })
  return inputs.map(({ name }) => {
    const receipt = receipts.get(name)
    if (receipt === undefined) throw new FerryError('BUG', `\`${name}\` was not crunched`)
    return receipt
  })
}

/** Threads, each of which does one thing at a time. */
class Hands implements AsyncDisposable {
  readonly #all: readonly Hand[]
  readonly #idle: Hand[]

  constructor(all: readonly Hand[]) {
    this.#all = all
    this.#idle = [...all]
  }

  /** As many calls at once as there are hands. */
  async use<Result>(work: (hand: Hand) => Promise<Result>): Promise<Result> {
    const hand = this.#idle.pop()
    if (hand === undefined) throw new FerryError('BUG', 'more tasks than threads')
    try {
      return await work(hand)
    } finally {
      this.#idle.push(hand)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const hand of this.#all) await hand[Symbol.asyncDispose]()
  }
}

/** This thread is one of them: it is there already, and has little else to do. */
function startHands(count: number, plan: CrunchPlan, options: CrunchOptions): Hands {
  const others = Array.from({ length: Math.max(0, count - 1) }, () => new ThreadHand(plan, options))
  return new Hands([ownHand(plan, options), ...others])
}

/** Compiles the plan when there is something to crunch. */
function ownHand(plan: CrunchPlan, options: CrunchOptions): Hand {
  let prepared: ReturnType<typeof prepare> | undefined
  return {
    crunch: input => {
      prepared ??= prepare(plan)
      return crunchInput(input, plan, prepared, options)
    },
    [Symbol.asyncDispose]: async () => {},
  }
}

/** A young generation that is not grown into what the buffers of many partitions need. */
const THREAD_LIMITS = { maxYoungGenerationSizeMb: 12 }

class ThreadHand implements Hand {
  readonly #worker: Worker
  #waiting: PromiseWithResolvers<CrunchReceipt> | undefined

  constructor(plan: CrunchPlan, { workerFile, environment, logger, signal }: CrunchOptions) {
    const start: WorkerStart = { plan, environment: { ...environment } }
    this.#worker = new Worker(workerFile, { workerData: start, resourceLimits: THREAD_LIMITS })
    this.#worker.on('message', (answer: WorkerAnswer) => {
      if (answer.kind === 'said') logger[answer.level](answer.message)
      else if (answer.kind === 'done') this.#waiting?.resolve(answer.receipt)
      else this.#waiting?.reject(fromErrorRecord(answer.error))
    })
    const fail = (error: unknown): void => {
      this.#waiting?.reject(error)
    }
    this.#worker.on('error', fail)
    this.#worker.on('exit', code => fail(new FerryError('BUG', `a thread ended with ${code}`)))
    signal.addEventListener('abort', () => fail(signal.reason), { once: true })
  }

  crunch(input: InputFile): Promise<CrunchReceipt> {
    this.#waiting = Promise.withResolvers<CrunchReceipt>()
    this.#worker.postMessage({ kind: 'crunch', input })
    return this.#waiting.promise
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate()
  }
}
