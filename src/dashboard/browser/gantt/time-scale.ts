const STEPS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400,
]
const LEAST_TICK_PX = 84
const LEAST_SPAN_MS = 2_000
const MARGIN_PX = 14

/** From times of the night to pixels, and back. */
export class TimeScale {
  readonly from: number
  readonly to: number
  readonly #width: number
  readonly #startedAt: number

  constructor(from: number, to: number, width: number, startedAt: number) {
    this.from = from
    this.to = Math.max(to, from + LEAST_SPAN_MS)
    this.#width = Math.max(1, width - 2 * MARGIN_PX)
    this.#startedAt = startedAt
  }

  toX(time: number): number {
    return MARGIN_PX + ((time - this.from) / (this.to - this.from)) * this.#width
  }

  toTime(x: number): number {
    return this.from + ((x - MARGIN_PX) / this.#width) * (this.to - this.from)
  }

  get tickMs(): number {
    const msPerPx = (this.to - this.from) / this.#width
    const step = STEPS.find(seconds => (seconds * 1_000) / msPerPx >= LEAST_TICK_PX) ?? 86_400
    return step * 1_000
  }

  /** Round times of the clock in sight. */
  ticks(): number[] {
    const step = this.tickMs
    const ticks: number[] = []
    const first = Math.ceil((this.#startedAt + this.from) / step) * step - this.#startedAt
    for (let tick = first; tick <= this.to; tick += step) ticks.push(tick)
    return ticks
  }
}
