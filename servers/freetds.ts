/**
 * FreeTDS's tools, by which the TDS server of the tests is held against a client that others wrote.
 * Debian's package is unpacked into `.tools/` by the first call.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { TOOLS, unpackInto } from './debian-packages.ts'

const HOME = join(TOOLS, 'freetds')
const LIBRARIES = 'usr/lib'

/** @throws Error when this machine is no Debian, or its mirror does not answer */
export async function bringFreetds(): Promise<void> {
  if (existsSync(join(HOME, 'usr/bin/tsql'))) return
  await unpackInto(HOME, {
    fetch: ['freetds-bin', 'freetds-common', 'libct4', 'libsybdb5'],
    need: ['freetds-bin'],
  })
}

/** Runs one of them; speaks TDS 7.4, in UTF-8. Returns what it said, on both channels. */
export function freetds(
  tool: 'tsql' | 'bsqldb' | 'freebcp',
  args: readonly string[],
  input = '',
): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const machine = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu'
  const env = {
    PATH: '/usr/bin:/bin',
    LC_ALL: 'C.UTF-8',
    LD_LIBRARY_PATH: join(HOME, LIBRARIES, machine),
    FREETDSCONF: '/dev/null',
    TDSVER: '7.4',
    TDSDUMP: '',
  }
  const { status, stdout, stderr, error } = spawnSync(join(HOME, 'usr/bin', tool), args, {
    env,
    input,
    encoding: 'utf8',
    timeout: 60_000,
  })
  if (error !== undefined) throw error
  return { status, stdout, stderr }
}
