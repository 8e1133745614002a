import type { Session } from '../dialect.ts'
import { readAll } from '../read-all.ts'

/** The header of a page of the log, and the longer one of a segment's first page, in bytes. */
const PAGE_HEADER = 24n
const SEGMENT_HEADER = 40n

/**
 * Where the log of a primary ends at this moment: whatever somebody has been told is committed lies
 * before it. Of what is committed asynchronously, only the place of the next record tells that; what is
 * written or flushed lags behind it.
 */
export async function endOfLog(primary: Session): Promise<bigint> {
  const [row] = await readAll(
    primary,
    `SELECT pg_current_wal_insert_lsn()::text, current_setting('wal_block_size'),
       pg_size_bytes(current_setting('wal_segment_size'))::text`,
  )
  const [place, page, segment] = row ?? []
  return endOfRecords(logPlace(String(place)), BigInt(String(page)), BigInt(String(segment)))
}

/**
 * The next record's place is behind the header of its page, where one has just begun. A replica knows of
 * the page when the record is there, so what it can reach is the page's start.
 */
export function endOfRecords(next: bigint, pageBytes: bigint, segmentBytes: bigint): bigint {
  if (next % segmentBytes === SEGMENT_HEADER) return next - SEGMENT_HEADER
  return next % pageBytes === PAGE_HEADER ? next - PAGE_HEADER : next
}

/** `16/B374D848` as a number of bytes; nothing is zero. */
export function logPlace(text: string): bigint {
  const [high = '', low = ''] = text.split('/')
  return (BigInt(`0x${high || '0'}`) << 32n) | BigInt(`0x${low || '0'}`)
}
