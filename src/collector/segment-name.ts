/**
 * A segment is named after the number of its first event, which no other segment of this collector
 * has, before or after a restart. Its state is its suffix.
 */
const PATTERN = /^(\d{16})\.(open|ready)$/

export type SegmentState = 'open' | 'ready'

export function segmentName(sequence: number, state: SegmentState): string {
  return `${String(sequence).padStart(16, '0')}.${state}`
}

export interface ParsedSegmentName {
  readonly sequence: number
  readonly state: SegmentState
}

export function parseSegmentName(name: string): ParsedSegmentName | undefined {
  const match = PATTERN.exec(name)
  if (match === null) return undefined
  return { sequence: Number(match[1]), state: match[2] === 'open' ? 'open' : 'ready' }
}
