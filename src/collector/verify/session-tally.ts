import { contentRanges, type EventFacts, isSameSession, NO_NR, sessionText } from './event-facts.ts'
import type { RunEvent } from './event-run.ts'
import type { GapListener, SessionFacts } from './gap-listing.ts'
import {
  type EventFindings,
  type EventTotals,
  MAX_GAPS,
  MAX_SESSIONS,
  type SessionCounts,
  type SessionReport,
} from './report.ts'
import { RowScanner } from './row-scanner.ts'

const DAY_MS = 86_400_000

/** A session whose events are passing. */
interface OpenSession extends EventFindings {
  events: number
  duplicates: number
  conflicts: number
  firstNr: number | null
  lastNr: number | null
  gaps: [number, number][]
  gapCount: number
}

/**
 * The account of a day, taken while its events pass in the order of session, nr and arrival. It holds
 * one session and the worst hundred, however many there are.
 */
export class SessionTally {
  readonly totals: EventTotals = { in: 0, out: 0, duplicates: 0, conflicts: 0, rejected: 0 }
  readonly found: EventFindings = nothingFound()
  readonly sessions: SessionCounts = {
    total: 0,
    with_findings: 0,
    with_gaps: 0,
    gaps: 0,
    open_start: 0,
  }
  /** When the last of them was received; undefined without any. */
  lastReceivedAtMs: number | undefined
  readonly #lateAfterMs: number
  readonly #gaps: GapListener | undefined
  readonly #scanner = new RowScanner()
  /** Those with most to tell, the worst first. */
  #worst: { readonly weight: number; readonly report: SessionReport }[] = []
  #session: OpenSession = newSession()
  /** The event that was kept last, and is compared with the next. */
  #kept: RunEvent | undefined

  /** `gaps` hears of all of them. */
  constructor(lateAfterMs: number, gaps: GapListener | undefined) {
    this.#lateAfterMs = lateAfterMs
    this.#gaps = gaps
  }

  get worst(): readonly SessionReport[] {
    return this.#worst.map(one => one.report)
  }

  /** Counts an event. Returns whether it is kept: the first of those that are the same one. */
  pass(event: RunEvent): boolean {
    const { facts } = event
    const kept = this.#kept
    if (kept === undefined || !isSameSession(kept.facts, facts)) {
      this.#endSession()
      this.#keep(event)
      return true
    }
    if (!this.#isSameEvent(kept.facts, facts)) {
      this.#lookBehind(kept.facts, facts)
      this.#keep(event)
      return true
    }
    const what = this.#hasSameContent(kept.row, event.row) ? 'duplicates' : 'conflicts'
    this.#session[what]++
    this.totals[what]++
    return false
  }

  /** To be called behind the last event. */
  end(): void {
    this.#endSession()
  }

  #isSameEvent(kept: EventFacts, facts: EventFacts): boolean {
    if (kept.nr !== facts.nr) return false
    return facts.nr !== NO_NR || kept.sequence === facts.sequence
  }

  #lookBehind(kept: EventFacts, facts: EventFacts): void {
    if (facts.nr === NO_NR) return
    if (facts.sequence < kept.sequence) this.#session.out_of_order++
    if (facts.nr === kept.nr + 1) return
    this.#session.gapCount++
    this.#session.missing += facts.nr - kept.nr - 1
    if (this.#session.gaps.length < MAX_GAPS) this.#session.gaps.push([kept.nr + 1, facts.nr - 1])
    this.#gaps?.gap(kept.nr + 1, facts.nr - 1)
  }

  #keep(event: RunEvent): void {
    const { nr, atMs, receivedAtMs } = event.facts
    const session = this.#session
    session.events++
    if (nr === NO_NR) session.unnumbered++
    else {
      session.firstNr ??= nr
      session.lastNr = nr
    }
    if (receivedAtMs - atMs > this.#lateAfterMs) session.late++
    if (receivedAtMs > (this.lastReceivedAtMs ?? 0)) this.lastReceivedAtMs = receivedAtMs
    if (Math.floor(receivedAtMs / DAY_MS) !== Math.floor(atMs / DAY_MS)) session.another_day++
    this.#kept = event
  }

  #hasSameContent(kept: Buffer, row: Buffer): boolean {
    this.#scanner.scan(kept, 0, kept.length)
    const ranges = contentRanges(this.#scanner)
    this.#scanner.scan(row, 0, row.length)
    return contentRanges(this.#scanner).every(([start, end], at) => {
      const [keptStart, keptEnd] = ranges[at] ?? [0, 0]
      return kept.compare(row, start, end, keptStart, keptEnd) === 0
    })
  }

  #endSession(): void {
    if (this.#kept === undefined) return
    const session = this.#session
    this.#session = newSession()
    this.totals.out += session.events
    this.sessions.total++
    this.sessions.gaps += session.gapCount
    if (session.gapCount > 0) this.sessions.with_gaps++
    if ((session.firstNr ?? 0) > 1) this.sessions.open_start++
    for (const name of Object.keys(this.found) as (keyof EventFindings)[]) {
      this.found[name] += session[name]
    }
    const { missing, late, another_day, out_of_order, duplicates, conflicts } = session
    const weight = missing + late + another_day + out_of_order + duplicates + conflicts
    if (weight > 0) {
      this.sessions.with_findings++
      this.#addWorst(weight, session, this.#kept.facts)
    }
    if (session.gapCount > 0) this.#gaps?.sessionEnded(factsOf(session, this.#kept.facts))
  }

  #addWorst(weight: number, session: OpenSession, facts: EventFacts): void {
    const worst = this.#worst
    if (worst.length === MAX_SESSIONS && weight <= (worst.at(-1)?.weight ?? 0)) return
    const report = { ...factsOf(session, facts), gaps: session.gaps }
    const at = worst.findIndex(one => one.weight < weight)
    worst.splice(at === -1 ? worst.length : at, 0, { weight, report })
    if (worst.length > MAX_SESSIONS) worst.pop()
  }
}

function factsOf(session: OpenSession, facts: EventFacts): SessionFacts {
  const { events, duplicates, conflicts, firstNr, lastNr, gapCount } = session
  const { missing, late, another_day, out_of_order, unnumbered } = session
  return {
    session: sessionText(facts),
    first_nr: firstNr,
    last_nr: lastNr,
    events,
    duplicates,
    conflicts,
    missing,
    late,
    another_day,
    out_of_order,
    unnumbered,
    gap_count: gapCount,
  }
}

const nothingFound = (): EventFindings => ({
  missing: 0,
  late: 0,
  another_day: 0,
  out_of_order: 0,
  unnumbered: 0,
})

const newSession = (): OpenSession => ({
  ...nothingFound(),
  events: 0,
  duplicates: 0,
  conflicts: 0,
  firstNr: null,
  lastNr: null,
  gaps: [],
  gapCount: 0,
})
