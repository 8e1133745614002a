import type { SourceReader } from '../source.ts'
import { discover } from './discover.ts'
import { joinSnapshot, openSnapshot } from './snapshot.ts'

export const source: SourceReader = {
  openSnapshot,
  joinSnapshot,
  discover,
  capabilities: { sharedSnapshots: false, tellsInFlight: true },
}
