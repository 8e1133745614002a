import { execFileSync, spawnSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cloud, CLOUDS } from '../support/cloud.ts'
import { writeTree } from '../support/file-tree.ts'
import { FERRY, runFerry } from '../support/run-ferry.ts'
import { failure as azureFailure } from '../support/scripted-azure.ts'
import { failure as gcsFailure } from '../support/scripted-gcs.ts'
import { failure as s3Failure } from '../support/scripted-s3.ts'
import { type ScriptedAnswer, startScripted } from '../support/scripted-server.ts'

/** What goes wrong outside of Ferry, with the exit code and the whole of what is said: the table of the page. */
const PAGE = join(import.meta.dirname, '../../docs/stores-tested.md')

type Environment = Readonly<Record<string, string>>
type Kind = (typeof CLOUDS)[number][0]

let cwd: string
const clouds = new Map<Kind, Cloud>()
beforeAll(async () => {
  cwd = await realpath(await mkdtemp(join(tmpdir(), 'ferry-store-faults-')))
  await writeTree(cwd, { 'a.csv': 'a' })
  for (const [kind, start] of CLOUDS) clouds.set(kind, await start())
}, 120_000)
afterAll(async () => {
  for (const cloud of clouds.values()) await cloud[Symbol.asyncDispose]()
  await rm(cwd, { recursive: true })
})

function cloudOf(kind: Kind): Cloud {
  const cloud = clouds.get(kind)
  if (cloud === undefined) throw new Error(`${kind} has not started`)
  return cloud
}

interface Said {
  readonly code: number | null
  readonly stderr: string
}

function ferry(args: readonly string[], env: Environment): Promise<Said> {
  return runFerry(args, { cwd, env: { ...NO_CREDENTIALS, HOME: cwd, ...env } })
}

/** Nothing of whoever runs the tests. */
const NO_CREDENTIALS = {
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/nowhere',
  AWS_SHARED_CREDENTIALS_FILE: '/nowhere',
}

/** Other credentials than the service knows. */
function wrong(kind: Kind): Environment {
  const { env } = cloudOf(kind)
  if (kind === 's3') return { ...env, AWS_SECRET_ACCESS_KEY: 'not-the-one' }
  if (kind === 'gcs') {
    const host = env['STORAGE_EMULATOR_HOST'] ?? ''
    return { STORAGE_EMULATOR_HOST: host, CLOUDSDK_AUTH_ACCESS_TOKEN: 'not-the-one' }
  }
  const other = `AccountKey=${Buffer.from('not the one').toString('base64')}`
  const connection = env['AZURE_STORAGE_CONNECTION_STRING'] ?? ''
  return { AZURE_STORAGE_CONNECTION_STRING: connection.replace(/AccountKey=[^;]*/, other) }
}

/** A service whose clock is an hour ahead of this machine's. */
async function atAnotherTime(kind: Kind): Promise<Said> {
  const then = new Date(Date.now() + 3_600_000)
  const headers = { date: then.toUTCString() }
  const answers: Readonly<Record<Kind, ScriptedAnswer>> = {
    s3: s3Failure(403, 'RequestTimeTooSkewed', `<ServerTime>${then.toISOString()}</ServerTime>`),
    azure: { ...azureFailure(403, 'AuthenticationFailed'), headers },
    gcs: Object.assign(gcsFailure(401, 'authError'), { headers }),
  }
  await using server = await startScripted(() => answers[kind])
  const { url } = cloudOf(kind)
  const account = kind === 'gcs' ? { CLOUDSDK_AUTH_ACCESS_TOKEN: 'a-token' } : {}
  return await ferry(['ls', '-r', url], { ...cloudOf(kind).at(server.url), ...account })
}

interface Fault {
  readonly what: string
  readonly meet: () => Promise<Said>
  /** A small disk is made by root alone. */
  readonly takesRoot?: boolean
}

const inEachCloud = (what: string, meet: (kind: Kind) => Promise<Said>): Fault[] =>
  CLOUDS.map(([kind]) => ({ what: `${what}, ${NAMES[kind]}`, meet: () => meet(kind) }))

const NAMES: Readonly<Record<Kind, string>> = { s3: 'S3', azure: 'Azure', gcs: 'Google' }

const FAULTS: readonly Fault[] = [
  ...inEachCloud('wrong credentials', kind => ferry(['ls', cloudOf(kind).url], wrong(kind))),
  {
    what: 'no credentials, S3',
    meet: () => ferry(['ls', cloudOf('s3').url], {}),
  },
  ...inEachCloud('a bucket that is not there', kind =>
    ferry(['put', 'a.csv', cloudOf(kind).url.replace('bucket-', 'no-bucket-')], cloudOf(kind).env),
  ),
  ...inEachCloud('no permission to write', kind =>
    ferry(['put', 'a.csv', cloudOf(kind).url], cloudOf(kind).readOnlyEnv),
  ),
  ...inEachCloud('a clock that is off', atAnotherTime),
  { what: 'a full disk', takesRoot: true, meet: onFullDisk },
  { what: 'a file that changes while it is read', meet: whileItChanges },
  { what: 'a broken link', meet: throughBrokenLink },
  { what: 'a folder that cannot be read', meet: fromClosedFolder },
  { what: 'an object named `../../x`', meet: outOfTheFolder },
]

async function onFullDisk(): Promise<Said> {
  const disk = join(cwd, 'disk')
  await mkdir(disk)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk])
  try {
    await writeFile(join(cwd, 'large'), Buffer.alloc(2_000_000, 'x'))
    return await ferry(['get', 'large', 'disk/'], {})
  } finally {
    execFileSync('umount', [disk])
  }
}

/** Another program goes on writing. */
async function whileItChanges(): Promise<Said> {
  await writeFile(join(cwd, 'growing.log'), Buffer.alloc(60_000_000, 'x'))
  const script = `while :; do echo more >> growing.log; sleep 0.002; done & writer=$!
${FERRY} put growing.log lake/ --gzip; code=$?; kill $writer; exit $code`
  const { status, stderr } = spawnSync('bash', ['-c', script], { cwd, encoding: 'utf8' })
  return { code: status, stderr }
}

async function throughBrokenLink(): Promise<Said> {
  await writeTree(cwd, { 'linked/a.csv': 'a' })
  await symlink('nowhere', join(cwd, 'linked/broken'))
  return ferry(['put', '-r', 'linked', cloudOf('s3').url], cloudOf('s3').env)
}

async function fromClosedFolder(): Promise<Said> {
  await writeTree(cwd, { 'open/a.csv': 'a', 'open/closed/b.csv': 'b' })
  await chmod(cwd, 0o777)
  await chmod(join(cwd, 'open/closed'), 0)
  const who = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {} // root may read everything
  const options = { cwd, encoding: 'utf8', ...who } as const
  const { status, stderr } = spawnSync(FERRY, ['put', '-r', 'open', 'copied'], options)
  await chmod(join(cwd, 'open/closed'), 0o755)
  return { code: status, stderr }
}

async function outOfTheFolder(): Promise<Said> {
  const { url, env, store } = cloudOf('s3')
  await store.put('up/../../x', Buffer.from('x'), { signal: AbortSignal.timeout(20_000) })
  return ferry(['get', '-r', `${url}up/`, 'down/here'], env)
}

/** A row of the table; what another run would have otherwise is left out. */
function rowOf(what: string, { code, stderr }: Said): string {
  const said = stderr
    .replace(/^ferry: \d+ objects?, .*\n/m, '') // the sum at the end
    .replaceAll('ferry: error: ', '')
    .replaceAll(`${cwd}/`, '')
    .replaceAll(/(no-)?bucket-[0-9a-f]{8}\b/g, '$1bucket')
    .replace(/(?<=changed )meanwhile/, 'while it was read') // noticed at the end only
    .replaceAll('|', String.raw`\|`)
    .trim()
    .split(/\s*\n\s*/)
    .join('<br>')
  return `| ${what} | ${code} | ${said} |`
}

test('each fault ends with its exit code and a sentence that says what to do (UPDATE_DOCS=1 writes them)', async () => {
  const rows: string[] = []
  for (const { what, meet, takesRoot = false } of FAULTS) {
    if (!takesRoot || process.getuid?.() === 0) rows.push(rowOf(what, await meet()))
  }
  const page = await readFile(PAGE, 'utf8')
  const [written = ''] =
    /(?<=\| fault \| exit \| said \|\n\|---\|---\|---\|\n)(?:\|.*\n)*/.exec(page) ?? []
  if (process.env['UPDATE_DOCS'] === '1') {
    await writeFile(
      PAGE,
      page.replace(written, () => `${rows.join('\n')}\n`),
    )
  } else {
    const compared = written.trimEnd().split('\n')
    const isMet = (row: string): boolean =>
      rows.length === FAULTS.length || !row.startsWith('| a full disk ')
    expect(rows).toEqual(compared.filter(isMet))
  }
  for (const row of rows) expect(row).toContain('hint: ')
}, 180_000)
