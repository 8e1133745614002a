import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { FerryError, toErrorRecord } from '../core/errors.ts'
import { crunchInput } from './crunch-input.ts'
import { prepare } from './prepare.ts'
import type { WorkerAnswer, WorkerStart, WorkerTask } from './worker-messages.ts'

/** A thread that crunches inputs, one after the other, as it is told. */
function serve(port: MessagePort, { plan, environment }: WorkerStart): void {
  const prepared = prepare(plan)
  const say = (answer: WorkerAnswer): void => port.postMessage(answer)
  const logger = {
    debug: () => {},
    info: (message: string) => say({ kind: 'said', level: 'info', message }),
    warn: (message: string) => say({ kind: 'said', level: 'warn', message }),
  }
  // A run that is to end ends its threads: there is nothing to stop here.
  const { signal } = new AbortController()
  port.on('message', ({ input }: WorkerTask) => {
    crunchInput(input, plan, prepared, { environment, signal, logger }).then(
      receipt => say({ kind: 'done', receipt }),
      (error: unknown) => say({ kind: 'failed', error: toErrorRecord(error) }),
    )
  })
}

if (parentPort === null) throw new FerryError('BUG', 'this file is for worker threads')
// What `crunch.ts` gives a thread; nobody else starts one.
const start: WorkerStart = workerData
serve(parentPort, start)
