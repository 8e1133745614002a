/**
 * Debian's MariaDB, server and client, unpacked with the libraries that the machine lacks into
 * `.tools/mariadb` of this project: 120 MB, once.
 */
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { TOOLS, unpackInto } from './debian-packages.ts'

export interface MariadbPackage {
  /** Holds bin/, sbin/ and share/. */
  readonly home: string
  /** For LD_LIBRARY_PATH. */
  readonly libraries: string
}

/** @throws Error when this machine is no Debian, or its mirror does not answer */
export async function findMariadb(): Promise<MariadbPackage> {
  const home = join(TOOLS, 'mariadb')
  if (!existsSync(home)) {
    const need = ['mariadb-server-core', 'mariadb-client-core']
    // The dump program alone is wanted of this one, not what its scripts need.
    await unpackInto(home, { fetch: ['mariadb-client'], need })
  }
  const lib = join(home, 'usr/lib')
  const machine = (await readdir(lib)).find(name => name.endsWith('-linux-gnu')) ?? ''
  return { home: join(home, 'usr'), libraries: join(lib, machine) }
}
