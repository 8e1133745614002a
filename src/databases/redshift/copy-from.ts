import { FerryError } from '../../core/errors.ts'
import type { Relation } from '../dialect.ts'
import type { LoadFiles } from '../loading.ts'
import { sql } from './sql.ts'

const COMPRESSIONS = { gzip: ' GZIP', zstd: ' ZSTD', none: '' } as const

/**
 * One COPY of all parts, by their manifest: what else lies in the folder is none of it, and the slices
 * read at once. NULL is `\N`, as COPY has it by itself. @see "COPY", "Using a manifest"
 */
export function copyFrom(table: Relation, { columns, compression, stage }: LoadFiles): string {
  const url = stage?.manifestUrl ?? ''
  if (!url.startsWith('s3://')) {
    throw new FerryError('UNSUPPORTED', `Redshift cannot read \`${url}\``, {
      hint: 'set `stage` of the warehouse to a store of s3://',
    })
  }
  const identity = stage?.identity
  const role = identity === undefined ? 'default' : sql.literal(identity)
  const region = stage?.region === undefined ? '' : ` REGION ${sql.literal(stage.region)}`
  return `COPY ${sql.relation(table)} (${columns.map(sql.identifier).join(', ')})
FROM ${sql.literal(url)}
IAM_ROLE ${role}${region}
MANIFEST FORMAT AS CSV${COMPRESSIONS[compression]} IGNOREHEADER 1 DATEFORMAT 'auto' TIMEFORMAT 'auto'
COMPUPDATE OFF STATUPDATE OFF`
}
