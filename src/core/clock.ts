/** Where "now" comes from. Injected, so that tests and re-runs of past nights can set it. */
export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }
