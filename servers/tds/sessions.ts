/** Who is connected, what is open, and who holds which table from others. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from './fault.ts'

export interface SessionState {
  readonly id: number
  readonly program: string
  /** Of the transaction that is open. */
  beganAt: Date | undefined
  /** Of the request that runs. */
  requestedAt: Date | undefined
  /** The first word of it. */
  command: string
  /** -1 to wait for ever. */
  lockTimeoutMs: number
  /** Cuts the connection. */
  readonly kill: () => void
}

/** SQL Server's own sessions have lower numbers. */
const FIRST_ID = 51
const POLL_MS = 20

export class Sessions {
  readonly #all = new Map<number, SessionState>()
  /** Tables, in lower case, whose shape a transaction has changed, and the session of that. */
  readonly #held = new Map<string, number>()
  #next = FIRST_ID

  open(program: string, kill: () => void): SessionState {
    const state: SessionState = {
      id: this.#next++,
      program,
      beganAt: undefined,
      requestedAt: undefined,
      command: '',
      lockTimeoutMs: -1,
      kill,
    }
    this.#all.set(state.id, state)
    return state
  }

  close({ id }: SessionState): void {
    this.#all.delete(id)
    this.release(id)
  }

  /** @throws Fault 6106 */
  kill(id: number): void {
    const state = this.#all.get(id)
    if (state === undefined) throw new Fault(6106, `Process ID ${id} is not an active process ID.`)
    state.kill()
  }

  /** Until the transaction ends, as a change of a table's shape does. */
  hold(table: string, id: number): void {
    this.#held.set(table.toLowerCase(), id)
  }

  release(id: number): void {
    for (const [table, holder] of this.#held) if (holder === id) this.#held.delete(table)
  }

  /** Waits until nobody else holds a table that a statement names. @throws Fault 1222 */
  async awaitTables(text: string, state: SessionState, signal: AbortSignal): Promise<void> {
    const isFree = (): boolean =>
      ![...this.#held].some(([table, id]) => id !== state.id && mentions(text, table))
    const deadline = state.lockTimeoutMs < 0 ? Infinity : Date.now() + state.lockTimeoutMs
    while (!isFree() && !signal.aborted) {
      if (Date.now() >= deadline) throw new Fault(1222, 'Lock request time out period exceeded.')
      await sleep(POLL_MS)
    }
  }

  /** Rows for ferry_tds.sessions (catalog.ts), as a statement of DuckDB's. */
  get values(): string {
    const moment = (date: Date | undefined): string =>
      date === undefined ? 'NULL' : `TIMESTAMP '${date.toISOString().slice(0, -1)}'`
    const rows = [...this.#all.values()].map(
      ({ id, program, beganAt, requestedAt, command }) =>
        `(${id}, '${program.replaceAll("'", "''")}', ${moment(beganAt)}, ${moment(requestedAt)}, '${command}')`,
    )
    return `INSERT INTO ferry_tds.sessions VALUES ${rows.join(', ')}`
  }
}

const mentions = (text: string, table: string): boolean =>
  text
    .toLowerCase()
    .split(/[^\p{L}\p{N}_$#@]+/u)
    .includes(table)
