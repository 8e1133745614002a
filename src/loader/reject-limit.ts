import { FerryError } from '../core/errors.ts'
import type { RejectLimit } from './config.ts'
import type { Sifted } from './sift.ts'

interface RejectedRows extends Pick<Sifted, 'rejected' | 'examples'> {
  /** What fits. */
  readonly files: readonly { readonly rows: number }[]
}

/** @throws FerryError DATA_INVALID when more rows were rejected than may be */
export function assertFewRejected(
  { rejected, files, examples }: RejectedRows,
  { delivery, settings }: { delivery: { table: string }; settings: { max_rejected: RejectLimit } },
  file: string,
): void {
  const all = rejected + files.reduce((sum, one) => sum + one.rows, 0)
  const { max_rejected: limit } = settings
  const most = 'share' in limit ? limit.share * all : limit.rows
  if (rejected <= most) return
  const allowed = 'share' in limit ? `${limit.share * 100} %` : String(limit.rows)
  const first = examples.map(one => `\n${one}`).join('')
  throw new FerryError(
    'DATA_INVALID',
    `${rejected} of ${all} rows of \`${delivery.table}\` do not fit, and ${allowed} may be rejected:${first}`,
    {
      hint: `see them in ${file}; the table is as it was. Allow more: \`max_rejected\` (load) in ferry.yaml`,
      details: { rejected, rows: all },
    },
  )
}
