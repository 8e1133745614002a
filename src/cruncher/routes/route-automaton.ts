import { CANONICAL_KINDS, END, RAW_KINDS, SPECIAL } from './path-bytes.ts'
import type { RouteSpots } from './route-spots.ts'

/** Told instead of a route: the path must be brought into canonical form first. */
export const NOT_CANONICAL = -2

/** Classes of bytes: those before which a path ends, those that canonical paths do not have, the rest of those that no rule names. */
const END_CLASS = 0
const SPECIAL_CLASS = 1
const OTHER_CLASS = 2

/** Instead of a state: not known yet; and what follows from the two classes above. */
const UNKNOWN = -1
const AT_END = -2
const AT_SPECIAL = -3
/** Minus a state, whose answer no further byte changes. */
const FINAL = -4

/** 4 MB; with more, all is forgotten and learned again. Thirty routes need a fiftieth of it. */
export const MOST_CELLS = 1 << 20

/**
 * Reads paths through RouteSpots as a deterministic automaton: a state is the set of spots where one can be.
 * States are made when a path first comes to them, so time is one look into a table for a byte, whatever the rules.
 */
export class RouteAutomaton {
  readonly #spots: RouteSpots
  readonly #methods: readonly string[]
  readonly #numbers: ReadonlyMap<string, number>
  readonly #rawClasses: Uint8Array
  readonly #canonicalClasses: Uint8Array
  /** A byte of each class. */
  readonly #examples: readonly number[]
  readonly #classes: number
  readonly #mostCells: number
  /** Cells of a state: what follows, by class; then its route, by method; -1: none. */
  readonly #stride: number
  #cells = new Int32Array(0)
  /** By their spots. */
  #states = new Map<string, number>()
  /** Spots of one state after the other. */
  #members: (readonly number[])[] = []
  /** By node: the state at its beginning; UNKNOWN until it is asked for. */
  readonly #starts: Int32Array

  /** `methods` by number, `''` (any other) first; `numbers`: those of the names of routes. */
  constructor(
    spots: RouteSpots,
    methods: readonly string[],
    numbers: ReadonlyMap<string, number>,
    mostCells: number,
  ) {
    this.#mostCells = mostCells
    this.#spots = spots
    this.#methods = methods
    this.#numbers = numbers
    const named = [...spots.bytes]
    const classOf = (byte: number): number =>
      named.includes(byte) ? OTHER_CLASS + 1 + named.indexOf(byte) : OTHER_CLASS
    this.#canonicalClasses = Uint8Array.from(CANONICAL_KINDS, (_, byte) => classOf(byte))
    this.#rawClasses = Uint8Array.from(RAW_KINDS, (kind, byte) =>
      kind === END ? END_CLASS : kind === SPECIAL ? SPECIAL_CLASS : classOf(byte),
    )
    const other = CANONICAL_KINDS.findIndex((_, byte) => !named.includes(byte))
    this.#examples = [other, other, other, ...named]
    this.#classes = this.#examples.length
    this.#stride = this.#classes + methods.length
    this.#starts = new Int32Array(spots.nodes).fill(UNKNOWN)
  }

  /**
   * The number of the route of a path, read from the beginning of a node's segments; -1: none. A path
   * that is not said to be canonical may be NOT_CANONICAL.
   */
  read(
    node: number,
    method: number,
    isCanonical: boolean,
    bytes: Uint8Array,
    from: number,
    to: number,
  ): number {
    const classes = isCanonical ? this.#canonicalClasses : this.#rawClasses
    let state = this.#starts[node] ?? UNKNOWN
    if (state === UNKNOWN) state = this.#start(node)
    let at = from
    for (;;) {
      const cells = this.#cells
      let next = 0
      while (at < to) {
        next = cells[state + (classes[bytes[at] ?? 0] ?? 0)] ?? 0
        if (next < 0) break
        state = next
        at++
      }
      if (next === UNKNOWN) next = this.#learn(state, classes[bytes[at] ?? 0] ?? 0)
      else if (next >= 0 || next === AT_END) return this.#routeAt(state, method)
      if (next === AT_SPECIAL) return NOT_CANONICAL
      if (next <= FINAL) return this.#routeAt(FINAL - next, method)
      state = next
      at++
    }
  }

  #routeAt(state: number, method: number): number {
    return this.#cells[state + this.#classes + method] ?? -1
  }

  #start(node: number): number {
    const state = this.#stateOf([node])
    this.#starts[node] = state
    return state
  }

  /** What follows on a byte of a class, also put into the state's cell. */
  #learn(state: number, kind: number): number {
    const spots = this.#members[state / this.#stride] ?? []
    const found = new Set<number>()
    for (const spot of spots) this.#spots.step(spot, this.#examples[kind] ?? 0, found)
    const members = [...found].sort((a, b) => a - b)
    const isFull = (this.#members.length + 1) * this.#stride > this.#mostCells
    if (isFull) this.#forget()
    const next = this.#stateOf(members)
    const isFinal = members.every(spot => this.#spots.isRest(spot))
    const code = isFinal ? FINAL - next : next
    if (!isFull) this.#cells[state + kind] = code
    return code
  }

  #stateOf(members: readonly number[]): number {
    const key = members.join()
    const known = this.#states.get(key)
    if (known !== undefined) return known
    const state = this.#members.length * this.#stride
    if (state + this.#stride > this.#cells.length) {
      const larger = new Int32Array(Math.max(64 * this.#stride, 2 * this.#cells.length))
      larger.set(this.#cells)
      this.#cells = larger
    }
    this.#cells.fill(UNKNOWN, state, state + this.#classes)
    this.#cells[state + END_CLASS] = AT_END
    this.#cells[state + SPECIAL_CLASS] = AT_SPECIAL
    for (const [index, method] of this.#methods.entries()) {
      const name = this.#spots.ruleAt(members, method)?.name
      this.#cells[state + this.#classes + index] =
        name === undefined ? -1 : (this.#numbers.get(name) ?? -1)
    }
    this.#members.push(members)
    this.#states.set(key, state)
    return state
  }

  #forget(): void {
    this.#states.clear()
    this.#members = []
    this.#starts.fill(UNKNOWN)
  }
}
