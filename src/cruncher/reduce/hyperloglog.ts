import { hashBytes } from './hash-bytes.ts'

/**
 * HyperLogLog (Flajolet, Fusy, Gandouet, Meunier 2007) with a hash of 64 bits and 4,096 registers: the
 * standard error is 1.04 / sqrt(4096), 1.6 %. A register keeps the largest rank, so registers of parts
 * merge exactly, in any order.
 */
const INDEX_BITS = 12
export const REGISTERS = 1 << INDEX_BITS
/** Bits of the hash beside the index; a rank is one more at most. */
const RANK_BITS = 64 - INDEX_BITS
const LOW_SEED = 0x3c6ef372
const HIGH_SEED = 0x1b873593

/** The register and the rank of the value that stands in these bytes, as `register * 64 + rank`. */
export function registerOf(bytes: Uint8Array, from: number, to: number): number {
  const high = hashBytes(bytes, from, to, HIGH_SEED)
  const register = high >>> (32 - INDEX_BITS)
  const rest = high << INDEX_BITS
  if (rest !== 0) return register * 64 + Math.clz32(rest) + 1
  const low = hashBytes(bytes, from, to, LOW_SEED)
  return register * 64 + (32 - INDEX_BITS) + Math.clz32(low) + 1
}

/** How many registers have each rank, of one group; those that are not seen have rank 0. */
export class RankCounts {
  readonly #counts = new Float64Array(RANK_BITS + 2)

  constructor() {
    this.clear()
  }

  clear(): void {
    this.#counts.fill(0)
    this.#counts[0] = REGISTERS
  }

  /** Takes note of a register's rank; each register once. */
  add(rank: number): void {
    this.#counts[rank] = (this.#counts[rank] ?? 0) + 1
    this.#counts[0] = (this.#counts[0] ?? 0) - 1
  }

  /**
   * The estimate of Otmar Ertl ("New cardinality estimation algorithms for HyperLogLog sketches",
   * 2017, algorithm 6), which needs no table of corrections for small numbers; rounded.
   */
  estimate(): number {
    const counts = this.#counts
    let sum = REGISTERS * tau(1 - (counts[RANK_BITS + 1] ?? 0) / REGISTERS)
    for (let rank = RANK_BITS; rank >= 1; rank--) sum = 0.5 * (sum + (counts[rank] ?? 0))
    sum += REGISTERS * sigma((counts[0] ?? 0) / REGISTERS)
    return Math.round(REGISTERS ** 2 / (2 * Math.LN2 * sum))
  }
}

/** The sum over k from 1 of x^(2^k) * 2^(k - 1), and x. */
function sigma(share: number): number {
  if (share === 1) return Number.POSITIVE_INFINITY
  let power = share
  let weight = 1
  let sum = share
  for (let before = -1; sum !== before; weight *= 2) {
    before = sum
    power *= power
    sum += power * weight
  }
  return sum
}

/** A third of 1 - x - the sum over k from 1 of (1 - x^(2^-k))^2 * 2^-k. */
function tau(share: number): number {
  if (share === 0 || share === 1) return 0
  let root = share
  let weight = 1
  let sum = 1 - share
  for (let before = -1; sum !== before; ) {
    before = sum
    root = Math.sqrt(root)
    weight *= 0.5
    sum -= (1 - root) ** 2 * weight
  }
  return sum / 3
}
