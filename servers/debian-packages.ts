/**
 * Packages of Debian that tests need, unpacked into `.tools/` of this project. Where packages come
 * from is read out of the machine's own apt, which is left as it is: lists, downloads and all go to
 * a folder of the project.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const TOOLS = fileURLToPath(new URL('../.tools/', import.meta.url))

export interface DebianPackages {
  /** Names that are fetched in any case, as `apt-get download` takes them. */
  readonly fetch: readonly string[]
  /** Names of which those are fetched, with what they need, that this machine lacks. */
  readonly need: readonly string[]
  /** A release to take packages from beside the machine's own. */
  readonly release?: string
}

/**
 * Fetches packages and unpacks them below the folder `home`, which is not there yet. Two processes
 * may do this at once: the first to rename wins, and both folders are the same.
 * @throws Error when this machine is no Debian, or its mirror does not answer
 */
export async function unpackInto(home: string, packages: DebianPackages): Promise<void> {
  await mkdir(TOOLS, { recursive: true })
  const work = await mkdtemp(`${home}.`)
  try {
    const apt = await privateApt(work, packages.release)
    apt('apt-get', 'update')
    const plan = ['--simulate', 'install', '--no-install-recommends', ...packages.need]
    const missing = apt('apt-get', ...plan)
      .split('\n')
      .flatMap(line => /^Inst (\S+)/.exec(line)?.[1] ?? [])
    apt('apt-get', 'download', ...packages.fetch, ...missing)
    const root = join(work, 'root')
    for (const name of await readdir(work)) {
      if (name.endsWith('.deb')) run('dpkg-deb', ['--extract', join(work, name), root], work)
    }
    await rename(root, home)
  } catch (error) {
    if (!existsSync(home)) throw error
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** Runs apt's programs on lists of their own. */
async function privateApt(
  folder: string,
  another: string | undefined,
): Promise<(program: string, ...args: string[]) => string> {
  const { site, release } = debianMirror(folder)
  const keys = '/usr/share/keyrings/debian-archive-keyring.gpg'
  const sources = [
    'Types: deb',
    `URIs: ${site}`,
    `Suites: ${[...new Set([release, another ?? release])].join(' ')}`,
    'Components: main',
    ...(existsSync(keys) ? [`Signed-By: ${keys}`] : []),
  ]
  await writeFile(join(folder, 'debian.sources'), `${sources.join('\n')}\n`)
  await mkdir(join(folder, 'lists', 'partial'), { recursive: true })
  await mkdir(join(folder, 'cache', 'archives', 'partial'), { recursive: true })
  const settings = {
    'APT::Default-Release': release,
    'APT::Sandbox::User': 'root',
    'Dir::Cache': join(folder, 'cache'),
    'Dir::Etc::preferences': '/dev/null',
    'Dir::Etc::preferencesparts': '/dev/null',
    'Dir::Etc::sourcelist': join(folder, 'debian.sources'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::State::lists': join(folder, 'lists'),
  }
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])
  return (program, ...args) => run(program, [...options, ...args], folder)
}

function debianMirror(folder: string): { site: string; release: string } {
  const format = '$(ORIGIN)|$(LABEL)|$(COMPONENT)|$(CODENAME)|$(REPO_URI)'
  const lines = run('apt-get', ['indextargets', '--format', format, 'Identifier: Packages'], folder)
  for (const line of lines.split('\n')) {
    const [origin, label, component, release = '', site = ''] = line.split('|')
    const isDebian = origin === 'Debian' && label === 'Debian' && component === 'main'
    if (isDebian && /^[a-z]+$/.test(release)) return { site, release }
  }
  throw new Error('some servers of the tests come from Debian, and this apt knows no Debian')
}

function run(program: string, args: readonly string[], cwd: string): string {
  const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C' }
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, env, encoding: 'utf8' })
  if (status === 0) return stdout
  throw new Error(`${program} failed: ${error?.message ?? stderr.trim()}`)
}
