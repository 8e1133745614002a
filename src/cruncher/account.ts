/** What became of lines. `lines` + `expanded` = `out` + `filtered` + `merged` + `rejected`, always. */
export interface LineCounts {
  lines: number
  bytes: number
  /** Records beyond the first of a line that holds several. */
  expanded: number
  /** First lines of records that are in the output. */
  out: number
  /** Not wanted: blank, a file's header, dropped by a filter, not in the sample. */
  filtered: number
  /** Further lines of a record, whatever became of it. */
  merged: number
  /** Kept apart with a reason. */
  rejected: number
}

/** Reasons and how many lines each took out. */
export type Reasons = Record<string, number>

/** The account of one input file, as it is written and printed. */
export interface FileAccount extends LineCounts {
  readonly reasons: { readonly filtered: Reasons; readonly rejected: Reasons }
  readonly formats: Readonly<Record<string, LineCounts>>
  /** Records that went out by source (`FORMAT:SERVICE`) and day. */
  readonly sources: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** What did not go out, by source. Lines that were never told apart (blank, cut off) are of their format. */
  readonly lost: { readonly filtered: BySource; readonly rejected: BySource }
}

type BySource = Readonly<Record<string, number>>

const noCounts = (): LineCounts => ({
  lines: 0,
  bytes: 0,
  expanded: 0,
  out: 0,
  filtered: 0,
  merged: 0,
  rejected: 0,
})

const MICROSECONDS_A_DAY = 86_400_000_000
/** Sources beyond these are counted as one, `other`: a service's name may be data gone astray. */
const MAX_SOURCES = 2_000
const NO_DAY = Number.MIN_SAFE_INTEGER

/** A record that does not go out. */
interface LostRecord {
  readonly format: string
  readonly source: string
  readonly reason: string
  readonly lines: number
  readonly bytes: number
  /** 1: it is not the first of its line, which is not among its lines then. */
  readonly expanded?: number
}

/** Counts the lines of one file by format and by what became of them. */
export class Account {
  readonly #formats = new Map<string, LineCounts>()
  readonly #filtered = new Map<string, number>()
  readonly #rejected = new Map<string, number>()
  readonly #sources = new Map<string, Map<number, number>>()
  readonly #filteredOf = new Map<string, number>()
  readonly #rejectedOf = new Map<string, number>()
  #lastFormat = ''
  #last: LineCounts = noCounts()
  #lastDays: Map<number, number> | undefined
  #lastSource = ''

  /** A record of so many lines that went out; `expanded`: 1 of one that is not the first of its line. */
  out(format: string, lines: number, bytes: number, expanded = 0): void {
    const counts = this.#of(format)
    counts.lines += lines
    counts.bytes += bytes
    counts.expanded += expanded
    counts.out++
    counts.merged += lines - 1 + expanded
  }

  filtered({ format, source, reason, lines, bytes, expanded = 0 }: LostRecord): void {
    const counts = this.#of(format)
    countOf(this.#filteredOf, source)
    counts.lines += lines
    counts.bytes += bytes
    counts.expanded += expanded
    counts.filtered++
    counts.merged += lines - 1 + expanded
    this.#filtered.set(reason, (this.#filtered.get(reason) ?? 0) + 1)
  }

  rejected({ format, source, reason, lines, bytes }: LostRecord): void {
    const counts = this.#of(format)
    countOf(this.#rejectedOf, source)
    counts.lines += lines
    counts.bytes += bytes
    counts.rejected++
    counts.merged += lines - 1
    this.#rejected.set(reason, (this.#rejected.get(reason) ?? 0) + 1)
  }

  /** Counts a record to its source and day; `timeUs` may be NaN. */
  source(name: string, timeUs: number): void {
    const days = this.#daysOf(name)
    const day = Number.isNaN(timeUs) ? NO_DAY : Math.floor(timeUs / MICROSECONDS_A_DAY)
    days.set(day, (days.get(day) ?? 0) + 1)
  }

  /** All of it, with names in order. */
  toJSON(): FileAccount {
    const total = noCounts()
    for (const counts of this.#formats.values()) add(total, counts)
    return {
      ...total,
      reasons: { filtered: sorted(this.#filtered), rejected: sorted(this.#rejected) },
      formats: sorted(this.#formats),
      sources: sorted(
        new Map([...this.#sources].map(([name, days]) => [name, byDate(days)] as const)),
      ),
      lost: { filtered: sorted(this.#filteredOf), rejected: sorted(this.#rejectedOf) },
    }
  }

  #of(format: string): LineCounts {
    if (format === this.#lastFormat) return this.#last
    let counts = this.#formats.get(format)
    if (counts === undefined) {
      counts = noCounts()
      this.#formats.set(format, counts)
    }
    this.#lastFormat = format
    this.#last = counts
    return counts
  }

  #daysOf(name: string): Map<number, number> {
    if (name === this.#lastSource && this.#lastDays !== undefined) return this.#lastDays
    let days = this.#sources.get(name)
    if (days === undefined) {
      const kept = this.#sources.size < MAX_SOURCES ? name : 'other'
      days = this.#sources.get(kept) ?? new Map<number, number>()
      this.#sources.set(kept, days)
    }
    this.#lastSource = name
    this.#lastDays = days
    return days
  }
}

/** Whether every line is accounted for. */
export function addsUp(counts: LineCounts): boolean {
  const { lines, expanded, out, filtered, merged, rejected } = counts
  return lines + expanded === out + filtered + merged + rejected
}

/** Adds the second to the first. */
export function add(total: LineCounts, counts: LineCounts): void {
  total.lines += counts.lines
  total.bytes += counts.bytes
  total.expanded += counts.expanded
  total.out += counts.out
  total.filtered += counts.filtered
  total.merged += counts.merged
  total.rejected += counts.rejected
}

/** The accounts of several files as one. */
export function sumAccounts(accounts: readonly FileAccount[]): FileAccount {
  const total = noCounts()
  const formats = new Map<string, LineCounts>()
  const filtered = new Map<string, number>()
  const rejected = new Map<string, number>()
  const sources = new Map<string, Map<string, number>>()
  const filteredOf = new Map<string, number>()
  const rejectedOf = new Map<string, number>()
  for (const account of accounts) {
    add(total, account)
    for (const [name, counts] of Object.entries(account.formats)) {
      const sum = formats.get(name) ?? noCounts()
      add(sum, counts)
      formats.set(name, sum)
    }
    addAll(filtered, account.reasons.filtered)
    addAll(rejected, account.reasons.rejected)
    addAll(filteredOf, account.lost.filtered)
    addAll(rejectedOf, account.lost.rejected)
    for (const [name, days] of Object.entries(account.sources)) {
      const sum = sources.get(name) ?? new Map<string, number>()
      addAll(sum, days)
      sources.set(name, sum)
    }
  }
  return {
    ...total,
    reasons: { filtered: sorted(filtered), rejected: sorted(rejected) },
    formats: sorted(formats),
    sources: sorted(new Map([...sources].map(([name, days]) => [name, sorted(days)] as const))),
    lost: { filtered: sorted(filteredOf), rejected: sorted(rejectedOf) },
  }
}

function countOf(counts: Map<string, number>, source: string): void {
  const isKept = counts.size < MAX_SOURCES || counts.has(source)
  const name = isKept ? source : 'other'
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

function addAll(sums: Map<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) sums.set(name, (sums.get(name) ?? 0) + count)
}

function sorted<Value>(map: ReadonlyMap<string, Value>): Record<string, Value> {
  return Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function byDate(days: ReadonlyMap<number, number>): Record<string, number> {
  const dated = [...days].map(([day, count]) => [dateOf(day), count] as const)
  return sorted(new Map(dated))
}

const MILLISECONDS_A_DAY = 86_400_000

/** `2026-03-01`; `none` for records without a time. */
const dateOf = (day: number): string =>
  day === NO_DAY ? 'none' : new Date(day * MILLISECONDS_A_DAY).toISOString().slice(0, 10)
