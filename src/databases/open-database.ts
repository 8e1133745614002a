import { FerryError } from '../core/errors.ts'
import { maskUrl } from '../core/mask-url.ts'
import type { Dialect } from './dialect.ts'
import type { Engine } from './engine.ts'

const DIALECTS: Readonly<Record<string, () => Promise<Dialect>>> = {
  duckdb: () => import('./duckdb/dialect.ts').then(module => module.duckdb),
  mariadb: () => import('./mysql/dialect.ts').then(module => module.mysql),
  mssql: () => import('./mssql/dialect.ts').then(module => module.mssql),
  mysql: () => import('./mysql/dialect.ts').then(module => module.mysql),
  postgres: () => import('./postgres/dialect.ts').then(module => module.postgres),
  postgresql: () => import('./postgres/dialect.ts').then(module => module.postgres),
  redshift: () => import('./redshift/dialect.ts').then(module => module.redshift),
  synapse: () => import('./synapse/dialect.ts').then(module => module.synapse),
}

/**
 * The dialect of a database URL by its scheme; its driver is loaded only here and only then.
 * @throws FerryError CONFIG_INVALID for a scheme that no dialect has
 */
export async function dialectOf(url: string): Promise<Dialect> {
  return await loadBy(DIALECTS, url)
}

const ENGINES: Readonly<Record<string, () => Promise<Engine>>> = {
  duckdb: () => import('./duckdb/engine.ts').then(module => module.duckdbEngine),
  mariadb: () => import('./mysql/engine.ts').then(module => module.mysqlEngine),
  mysql: () => import('./mysql/engine.ts').then(module => module.mysqlEngine),
  mssql: () => import('./mssql/engine.ts').then(module => module.mssqlEngine),
  postgres: () => import('./postgres/engine.ts').then(module => module.postgresEngine),
  postgresql: () => import('./postgres/engine.ts').then(module => module.postgresEngine),
  redshift: () => import('./redshift/engine.ts').then(module => module.redshiftEngine),
  synapse: () => import('./synapse/engine.ts').then(module => module.synapseEngine),
}

/**
 * The engine of a database URL: its dialect, and what moving whole tables needs.
 * @throws FerryError CONFIG_INVALID for a scheme that no engine has
 */
export async function engineOf(url: string): Promise<Engine> {
  return await loadBy(ENGINES, url)
}

async function loadBy<Loaded>(
  known: Readonly<Record<string, () => Promise<Loaded>>>,
  url: string,
): Promise<Loaded> {
  const scheme = /^([a-z][a-z0-9+]*):/.exec(url)?.[1] ?? ''
  const load = known[scheme]
  if (load === undefined) {
    throw new FerryError('CONFIG_INVALID', `no database engine for \`${maskUrl(url)}\``, {
      hint: `the URL starts with one of: ${Object.keys(known).join(', ')}`,
    })
  }
  return await load()
}
