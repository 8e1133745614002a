/**
 * A sketch of many numbers for their quantiles: each falls into a bucket whose bounds are a constant
 * factor apart, after DDSketch (Masson, Rim, Lee 2019). What is counted in a bucket is added up, so
 * sketches of parts merge exactly, in any order, and a quantile is within ACCURACY of the value.
 */
const ACCURACY = 0.01
const GAMMA = (1 + ACCURACY) / (1 - ACCURACY)
const LOG_GAMMA = Math.log(GAMMA)
/** What is nearer to zero counts as zero. */
const SMALLEST = 1e-9
/** Makes the number of each bucket of a positive number positive: the smallest's is -1,036. */
const OFFSET = 2_000
/** A quantile is written with so many digits: more would say more than it knows. */
const DIGITS = 6

/** The number of a value's bucket: buckets are in the order of their values, 0 is zero's. */
export function bucketOf(value: number): number {
  if (value >= SMALLEST) return Math.ceil(Math.log(value) / LOG_GAMMA) + OFFSET
  if (value <= -SMALLEST) return -Math.ceil(Math.log(-value) / LOG_GAMMA) - OFFSET
  return 0
}

/** The value that stands for all of a bucket: none in it is farther away than ACCURACY of itself. */
export function valueOf(bucket: number): number {
  if (bucket === 0) return 0
  const middle = (2 * GAMMA ** (Math.abs(bucket) - OFFSET)) / (GAMMA + 1)
  return Number((bucket < 0 ? -middle : middle).toPrecision(DIGITS))
}

/** The counts of one group's buckets, in their order. */
export class BucketCounts {
  readonly #buckets: number[] = []
  readonly #counts: number[] = []
  #total = 0

  clear(): void {
    this.#buckets.length = 0
    this.#counts.length = 0
    this.#total = 0
  }

  /** Buckets come in ascending order. */
  add(bucket: number, count: number): void {
    this.#buckets.push(bucket)
    this.#counts.push(count)
    this.#total += count
  }

  /** The value with the rank floor(quantile * (n - 1)), counted from 0; null: there was none. */
  quantile(quantile: number): number | null {
    const rank = Math.floor(quantile * (this.#total - 1))
    let seen = 0
    for (const [at, count] of this.#counts.entries()) {
      seen += count
      if (seen > rank) return valueOf(this.#buckets[at] ?? 0)
    }
    return null
  }
}
