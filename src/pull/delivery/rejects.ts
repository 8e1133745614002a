import { openAtomicOutput, type AtomicOutput } from '../../core/atomic-output.ts'

/**
 * `intermediate/DATE/pull/SOURCE.TABLE.rejected.jsonl`: the rows that were not delivered, each with
 * its reason: `{"reason":"...","row":"..."}`. No file where there are none.
 */
export class Rejects implements AsyncDisposable {
  readonly path: string
  #output: AtomicOutput | undefined
  /** The first reason, for the error that says there were too many. */
  first: string | undefined

  constructor(path: string) {
    this.path = path
  }

  async add(reason: string, row: string): Promise<void> {
    this.first ??= reason
    this.#output ??= await openAtomicOutput(this.path)
    await this.#output.write(Buffer.from(`${JSON.stringify({ reason, row })}\n`))
  }

  async commit(): Promise<void> {
    await this.#output?.commit()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#output?.discard()
  }
}
