import type { Dialect, OpenTarget } from '../dialect.ts'
import { openSession } from '../postgres/driver.ts'
import type { ServerKind } from '../postgres/server-kind.ts'
import { capabilities } from './capabilities.ts'
import { introspect } from './introspect.ts'
import { sql } from './sql.ts'

/** PostgreSQL's wire, without COPY TO STDOUT. */
const REDSHIFT: ServerKind = {
  name: 'Redshift',
  copiesOut: false,
  settings: ['SET datestyle TO ISO', 'SET extra_float_digits TO 2'],
  lexicon: sql.lexicon,
}

const PORT = '5439'

export const redshift: Dialect = {
  name: 'redshift',
  sql,
  capabilities,
  introspect,
  open: target => openSession({ ...target, url: wireUrl(target) }, REDSHIFT),
}

/** As PostgreSQL's, with Redshift's port. */
function wireUrl({ url, environment }: OpenTarget): string {
  const parsed = URL.parse(url.replace(/^redshift:\/\//, 'postgres://'))
  if (parsed === null || parsed.hostname === '') return url.replace(/^redshift:/, 'postgres:')
  if (parsed.port === '' && (environment['PGPORT'] ?? '') === '') parsed.port = PORT
  return parsed.href
}
