import type { Client, Connection, Submittable } from 'pg'
import type { FieldDescription } from './types.ts'

/** The columns of a statement's result, without running it; empty when it has none. */
export function describeColumns(
  client: Client,
  statement: string,
): Promise<readonly FieldDescription[]> {
  return new Promise((resolve, reject) => {
    client.query(new Description(statement, resolve, reject))
  })
}

/** Parse, Describe and Sync of PostgreSQL's extended protocol, in the driver's own queue. */
class Description implements Submittable {
  readonly #statement: string
  readonly #resolve: (fields: readonly FieldDescription[]) => void
  readonly #reject: (error: Error) => void
  #fields: readonly FieldDescription[] = []

  constructor(
    statement: string,
    resolve: (fields: readonly FieldDescription[]) => void,
    reject: (error: Error) => void,
  ) {
    this.#statement = statement
    this.#resolve = resolve
    this.#reject = reject
  }

  submit(connection: Connection): void {
    connection.parse({ name: '', text: this.#statement, types: [] }, true)
    connection.describe({ type: 'S', name: '' }, true)
    connection.sync()
  }

  handleRowDescription(message: { readonly fields: readonly FieldDescription[] }): void {
    this.#fields = message.fields
  }

  handleReadyForQuery(): void {
    this.#resolve(this.#fields)
  }

  handleError(error: Error): void {
    this.#reject(error)
  }
}
