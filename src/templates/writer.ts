import type { Segment } from './line-map.ts'
import type { Output, Writer } from './program.ts'
import { valueText } from './value-text.ts'

/** SQL that an include gave back, with where it came from. */
export interface Fragment {
  readonly sql: string
  readonly segments: readonly Segment[]
}

/** Enough for `include(...)` in a loop that joins the parts; older ones lose only their lines. */
const FRAGMENTS_KEPT = 100

/** Writes one template's outputs and keeps where each began. */
export class SegmentWriter implements Writer {
  readonly segments: Segment[] = []
  readonly #file: string
  readonly #outputs: readonly Output[]
  #fragments: Fragment[] = []
  #last: Output | undefined

  constructor(file: string, outputs: readonly Output[]) {
    this.#file = file
    this.#outputs = outputs
  }

  /** Where the last output ends: the place of an error that has no better one. */
  get line(): number {
    if (this.#last === undefined) return 1
    const { text, line } = this.#last
    return line + text.split('\n').length - 1
  }

  text(index: number, at: number): string {
    const { text, line } = this.#begin(index)
    this.segments.push({ start: at, file: this.#file, line, isText: true })
    return text
  }

  value(index: number, at: number, value: unknown): string {
    const { line } = this.#begin(index)
    const place = { file: this.#file, line, isText: false }
    this.segments.push({ start: at, ...place })
    const text = valueText(value)
    this.#place(text, at, place)
    return text
  }

  /** To be recognized when it is written, also trimmed or in the midst of other text. */
  remember(fragment: Fragment): void {
    if (fragment.sql.trim() !== '') this.#fragments.push(fragment)
    if (this.#fragments.length > FRAGMENTS_KEPT) this.#fragments.shift()
  }

  #begin(index: number): { text: string; line: number } {
    this.#last = this.#outputs[index]
    return { text: this.#last?.text ?? '', line: this.#last?.line ?? 1 }
  }

  #place(text: string, at: number, place: Omit<Segment, 'start'>): void {
    let searched = 0
    for (const fragment of this.#fragments) {
      const core = fragment.sql.trim()
      const found = text.indexOf(core, searched)
      if (found === -1) continue
      const shift = at + found - fragment.sql.indexOf(core)
      for (const segment of segmentsFrom(fragment, at + found - shift)) {
        this.segments.push({ ...segment, start: segment.start + shift })
      }
      searched = found + core.length
      if (searched < text.length) this.segments.push({ start: at + searched, ...place })
    }
    if (searched > 0) this.#fragments = []
  }
}

/** The segments from an offset on; the one that the offset lies in begins there. */
function segmentsFrom({ sql, segments }: Fragment, offset: number): Segment[] {
  return segments.flatMap((segment, index) => {
    const end = segments[index + 1]?.start ?? sql.length
    if (end <= offset || end === segment.start) return []
    if (segment.start >= offset) return [segment]
    const skipped = segment.isText ? sql.slice(segment.start, offset).split('\n').length - 1 : 0
    return [{ ...segment, start: offset, line: segment.line + skipped }]
  })
}
