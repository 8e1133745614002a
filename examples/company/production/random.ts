/** Chance that is the same in every run: xoshiro128**, seeded by a number and a stream's number. */
export class Random {
  #a: number
  #b: number
  #c: number
  #d: number

  constructor(seed: number, stream: number) {
    let mixed = Math.imul(seed ^ 0x9e37_79b9, 0x85eb_ca6b) ^ Math.imul(stream + 1, 0xc2b2_ae35)
    const next = (): number => {
      mixed = (mixed + 0x9e37_79b9) | 0
      let word = Math.imul(mixed ^ (mixed >>> 16), 0x21f0_aaad)
      word = Math.imul(word ^ (word >>> 15), 0x735a_2d97)
      return word ^ (word >>> 15)
    }
    this.#a = next()
    this.#b = next()
    this.#c = next()
    this.#d = next() | 1
  }

  /** From 0 up to, not including, 1. */
  fraction(): number {
    const word = Math.imul(this.#b, 5)
    const result = Math.imul((word << 7) | (word >>> 25), 9) >>> 0
    const shifted = this.#b << 9
    this.#c ^= this.#a
    this.#d ^= this.#b
    this.#b ^= this.#c
    this.#a ^= this.#d
    this.#c ^= shifted
    this.#d = (this.#d << 11) | (this.#d >>> 21)
    return result / 4_294_967_296
  }

  /** From 0 up to, not including, `end`. */
  below(end: number): number {
    return Math.floor(this.fraction() * end)
  }

  chance(probability: number): boolean {
    return this.fraction() < probability
  }

  pick<Item>(items: readonly [Item, ...Item[]]): Item {
    return items[this.below(items.length)] ?? items[0]
  }

  /** Waiting times: many short ones, a few long ones. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.fraction())
  }
}
