/** A place in a template. `line` counts from 1. */
export interface TemplatePlace {
  readonly file: string
  readonly line: number
}

/** From an offset in rendered SQL back to the line of the template that wrote it. */
export interface LineMap {
  locate(offset: number): TemplatePlace
}

/** What was written from `start` up to the next segment's start. */
export interface Segment extends TemplatePlace {
  readonly start: number
  /** The template's own text: a line end in it is one in the template. A value's is not. */
  readonly isText: boolean
}

/** @param segments in order of `start`; the first starts at 0 unless there are none */
export function createLineMap(file: string, sql: string, segments: readonly Segment[]): LineMap {
  return {
    locate(offset) {
      const at = Math.max(0, Math.min(offset, sql.length))
      const segment = segments.findLast(one => one.start <= at)
      if (segment === undefined) return { file, line: 1 }
      const lines = segment.isText ? countLineEnds(sql, segment.start, at) : 0
      return { file: segment.file, line: segment.line + lines }
    },
  }
}

function countLineEnds(text: string, from: number, to: number): number {
  let count = 0
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1)) {
    count += 1
  }
  return count
}
