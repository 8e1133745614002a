import { FerryError } from '../core/errors.ts'
import { maskUrl } from '../core/mask-url.ts'
import type { Dialect } from './dialect.ts'

const DIALECTS: Readonly<Record<string, () => Promise<Dialect>>> = {
  duckdb: () => import('./duckdb/dialect.ts').then(module => module.duckdb),
  postgres: () => import('./postgres/dialect.ts').then(module => module.postgres),
  postgresql: () => import('./postgres/dialect.ts').then(module => module.postgres),
}

/**
 * The dialect of a database URL by its scheme; its driver is loaded only here and only then.
 * @throws FerryError CONFIG_INVALID for a scheme that no dialect has
 */
export async function dialectOf(url: string): Promise<Dialect> {
  const scheme = /^([a-z][a-z0-9+]*):/.exec(url)?.[1] ?? ''
  const load = DIALECTS[scheme]
  if (load === undefined) {
    throw new FerryError('CONFIG_INVALID', `no database engine for \`${maskUrl(url)}\``, {
      hint: `the URL starts with one of: ${Object.keys(DIALECTS).join(', ')}`,
    })
  }
  return load()
}
