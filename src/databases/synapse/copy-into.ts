import { FerryError } from '../../core/errors.ts'
import type { Relation } from '../dialect.ts'
import type { LoadFiles } from '../loading.ts'
import { sql } from '../mssql/sql.ts'

const COMPRESSIONS = { gzip: 'GZIP', none: 'NONE' } as const

/**
 * `COPY INTO`, which the makers advise for all loads: every part by its URL, as whatever else lies in
 * the folder is none of it. @see "COPY (Transact-SQL)"
 */
export function copyInto(table: Relation, files: LoadFiles, label: string): string {
  const { compression, columns, parts, stage } = files
  if (compression === 'zstd') {
    throw new FerryError('UNSUPPORTED', 'Synapse reads no zstd', {
      hint: 'take gzip for the parts',
    })
  }
  const list = columns.map((name, index) => `${sql.identifier(name)} ${index + 1}`)
  const urls = parts.map(part => `'${blobUrl(part.url).replaceAll("'", "''")}'`)
  const identity = stage?.identity?.replaceAll("'", "''")
  const options = [
    `FILE_TYPE = 'CSV'`,
    `COMPRESSION = '${COMPRESSIONS[compression]}'`,
    `ENCODING = 'UTF8'`,
    `FIELDTERMINATOR = ','`,
    `FIELDQUOTE = '"'`,
    `ROWTERMINATOR = '0x0A'`,
    'FIRSTROW = 2',
    'MAXERRORS = 0',
    ...(identity === undefined ? [] : [`CREDENTIAL = (IDENTITY = '${identity}')`]),
  ]
  return `COPY INTO ${sql.relation(table)} (${list.join(', ')})
FROM ${urls.join(',\n  ')}
WITH (${options.join(', ')})
${labelOption(label)}`
}

/** By which the makers' views show whose statement it is. */
export const labelOption = (label: string): string =>
  `OPTION (LABEL = N'${label.replaceAll("'", "''")}')`

/** COPY INTO wants the account's own URL. @throws FerryError UNSUPPORTED */
export function blobUrl(url: string): string {
  if (/^https:\/\/[^/]+\.(blob|dfs)\./.test(url)) return url
  const [, scheme, container, account, suffix, key] =
    /^(wasbs?|abfss?):\/\/([^@/]+)@([^./]+)\.(?:blob|dfs)\.([^/]+)\/(.*)$/.exec(url) ?? []
  if (scheme === undefined) {
    throw new FerryError('UNSUPPORTED', `Synapse cannot read \`${url}\``, {
      hint: 'name the stage by its account: https://ACCOUNT.blob.core.windows.net/CONTAINER/',
    })
  }
  const service = scheme.startsWith('abfs') ? 'dfs' : 'blob'
  return `https://${account}.${service}.${suffix}/${container}/${key}`
}
