/** What can go wrong with one request. */
export const FAULTS = [
  'flip-request',
  'flip-answer',
  'cut-request',
  'lose-answer',
  'cut-answer',
  'stall-request',
  'stall-answer',
  'repeat-request',
  'status-429',
  'status-500',
  'status-503',
  'truncate-listing',
] as const

export type Fault = (typeof FAULTS)[number]

export interface Seen {
  readonly method: string
  /** Path and query. */
  readonly url: string
  /** What the answer will be: names, the bytes of an object, or anything else. */
  readonly answer: 'listing' | 'content' | 'other'
  /** The request has a checksum of its body. */
  readonly isChecked: boolean
}

/** Numbers from 0 up to 1, always the same for a seed. */
export type Random = () => number

/** Says what happens to the next request, if anything. */
export type Plan = (request: Seen, random: Random) => Fault | undefined

export interface PlanOptions {
  readonly kinds: readonly Fault[]
  /** How many of the requests meet a fault, from 0 to 1. */
  readonly rate: number
  /** After this many faults all goes well; default: never. */
  readonly most?: number
}

/** Faults come by chance; those with a status come in storms of up to four, as they do in life. */
export function randomPlan({ kinds, rate, most = Number.POSITIVE_INFINITY }: PlanOptions): Plan {
  let done = 0
  let storm: Fault | undefined
  let stormLeft = 0
  return (request, random) => {
    if (done >= most) return undefined
    if (storm !== undefined && stormLeft > 0) {
      stormLeft -= 1
      done += 1
      return storm
    }
    if (random() >= rate) return undefined
    const possible = kinds.filter(kind => canMeet(kind, request))
    const kind = possible[Math.floor(random() * possible.length)]
    if (kind === undefined) return undefined
    if (kind.startsWith('status-')) {
      storm = kind
      stormLeft = Math.floor(random() * 4)
    }
    done += 1
    return kind
  }
}

/**
 * A bit that flips where there is no checksum (in the name of a listing, in the body of a call that
 * has none) is for TLS to notice, and for nobody else. A listing that ends early is another matter.
 */
function canMeet(kind: Fault, { answer, isChecked }: Seen): boolean {
  if (kind === 'truncate-listing') return answer === 'listing'
  if (kind === 'flip-request') return isChecked
  return kind !== 'flip-answer' || answer === 'content'
}

/** A small generator of numbers, the same on every machine (mulberry32). */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
