/**
 * Debian's package of moto, the S3 server of the tests, unpacked into `.tools/moto` of this
 * project. Debian 12 has no such package, but Debian 13's is pure Python and runs on Debian 12's
 * Python and libraries; those that the machine lacks are unpacked beside it.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { TOOLS, unpackInto } from './debian-packages.ts'

export interface MotoPackage {
  readonly python: string
  /** For PYTHONPATH. */
  readonly modules: string
}

const PYTHON = '/usr/bin/python3'
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
  if (!existsSync(home)) {
    const fetch = [`python3-moto/${RELEASE_OF_MOTO}`]
    await unpackInto(home, { fetch, need: LIBRARIES, release: RELEASE_OF_MOTO })
  }
  const modules = join(home, MODULES)
  const options = { env: { PYTHONPATH: modules }, encoding: 'utf8' } as const
  const trial = spawnSync(PYTHON, ['-c', 'import moto.server, moto.s3.urls'], options)
  if (trial.status === 0) return { python: PYTHON, modules }
  const why = trial.error?.message ?? trial.stderr.trim().split('\n').at(-1)
  throw new Error(`moto does not run from \`${home}\`, remove that to try anew: ${why}`)
}
