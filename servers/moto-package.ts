/**
 * Debian's package of moto, the S3 server of the tests, unpacked into `.tools/moto` of this
 * project. Debian 12 has no such package, but Debian 13's is pure Python and runs on Debian 12's
 * Python and libraries; those that the machine lacks are unpacked beside it. Where packages come
 * from is read out of the machine's own apt, which is left as it is: lists, downloads and all go
 * to a folder of the project.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface MotoPackage {
  readonly python: string
  /** For PYTHONPATH. */
  readonly modules: string
}

const PYTHON = '/usr/bin/python3'
const TOOLS = fileURLToPath(new URL('../.tools/', import.meta.url))
const MODULES = 'usr/lib/python3/dist-packages'
/** The first Debian release with the package. */
const RELEASE_OF_MOTO = 'trixie'
/** What moto needs for S3, by the names of Debian's packages. */
const LIBRARIES =
  'boto3 botocore cryptography dateutil flask flask-cors jinja2 requests responses werkzeug xmltodict yaml'
    .split(' ')
    .map(name => `python3-${name}`)

/**
 * The package, brought here when it is not yet; that takes some ten seconds.
 * @throws Error when this machine is no Debian, or its mirror does not answer
 */
export async function findMoto(): Promise<MotoPackage> {
  const home = join(TOOLS, 'moto')
  if (!existsSync(home)) await unpackInto(home)
  const modules = join(home, MODULES)
  const options = { env: { PYTHONPATH: modules }, encoding: 'utf8' } as const
  const trial = spawnSync(PYTHON, ['-c', 'import moto.server, moto.s3.urls'], options)
  if (trial.status === 0) return { python: PYTHON, modules }
  const why = trial.error?.message ?? trial.stderr.trim().split('\n').at(-1)
  throw new Error(`moto does not run from \`${home}\`, remove that to try anew: ${why}`)
}

/** Two processes may do this at once: the first to rename wins, and both folders are the same. */
async function unpackInto(home: string): Promise<void> {
  await mkdir(TOOLS, { recursive: true })
  const work = await mkdtemp(`${home}.`)
  try {
    const apt = await privateApt(work)
    apt('apt-get', 'update')
    const missing = apt('apt-get', '--simulate', 'install', '--no-install-recommends', ...LIBRARIES)
      .split('\n')
      .flatMap(line => /^Inst (\S+)/.exec(line)?.[1] ?? [])
    apt('apt-get', 'download', `python3-moto/${RELEASE_OF_MOTO}`, ...missing)
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
async function privateApt(folder: string): Promise<(program: string, ...args: string[]) => string> {
  const { site, release } = debianMirror(folder)
  const keys = '/usr/share/keyrings/debian-archive-keyring.gpg'
  const sources = [
    'Types: deb',
    `URIs: ${site}`,
    `Suites: ${[...new Set([release, RELEASE_OF_MOTO])].join(' ')}`,
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
  throw new Error('the S3 server of the tests comes from Debian, and this apt knows no Debian')
}

function run(program: string, args: readonly string[], cwd: string): string {
  const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C' }
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, env, encoding: 'utf8' })
  if (status === 0) return stdout
  throw new Error(`${program} failed: ${error?.message ?? stderr.trim()}`)
}
