import { FerryError } from '../../core/errors.ts'

/** `server_version_num` of the oldest server that is read: the first that tells the partitions of a table. */
const OLDEST = 120_000

/** @param number `server_version_num`, such as 120022 @throws FerryError UNSUPPORTED */
export function refuseTooOld(number: number): void {
  if (!(number < OLDEST)) return
  const major = number < 100_000 ? Math.floor(number / 100) / 100 : Math.floor(number / 10_000)
  throw new FerryError(
    'UNSUPPORTED',
    `the source is PostgreSQL ${major}, and tables are mirrored from 12 or newer`,
    { hint: 'upgrade the server, or export its tables and load the files (ferry load TABLE FILE)' },
  )
}
