/** The programs that the benchmarks of stores run, and the servers that they run against. */
import { spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type AzuriteServer, startAzurite } from '../../servers/azurite.ts'
import { type S3Server, startS3 } from '../../servers/s3.ts'

export const BUCKET = 'bench'
/** Transfers at once, for all alike. */
export const JOBS = 8

export interface Measured {
  readonly wallS: number
  /** User and system. */
  readonly cpuS: number
  readonly userS: number
  readonly peakMb: number
}

/** One program against one server. */
export interface Tool {
  readonly name: string
  upload(file: string, key: string): Promise<Measured>
  download(key: string, file: string): Promise<Measured>
  uploadAll(folder: string, prefix: string): Promise<Measured>
  downloadAll(prefix: string, folder: string): Promise<Measured>
}

export interface Bench extends AsyncDisposable {
  readonly service: string
  /** Ferry first. */
  readonly tools: readonly Tool[]
  /** Rclone as it compares what it downloads, where it does not do so by itself. */
  readonly verifying: readonly Tool[]
}

type Environment = Readonly<Record<string, string>>

const FERRY = join(import.meta.dirname, '../../bin/ferry')

/** Starts one server after the other, with a bucket; files with their keys go to `folder`. */
export async function* startBenches(folder: string): AsyncGenerator<Bench> {
  for (const start of [startS3Bench, startAzureBench]) {
    await using bench = await start(folder)
    yield bench
  }
}

async function startS3Bench(folder: string): Promise<Bench> {
  const server = await startS3()
  const config = await writeSecret(join(folder, 'rclone-s3.conf'), rcloneForS3(server))
  const s3cmd = await writeSecret(join(folder, 's3cmd.conf'), s3cmdConfig(server))
  await run(folder, [FERRY, 'mb', `s3://${BUCKET}`], { ...server.env })
  const tools = [
    ferryTool(folder, 's3', { ...server.env }),
    rcloneTool(folder, config),
    s3cmdTool(folder, s3cmd),
  ]
  return { service: 's3', tools, verifying: [], [Symbol.asyncDispose]: () => server.stop() }
}

async function startAzureBench(folder: string): Promise<Bench> {
  const server = await startAzurite()
  const config = await writeSecret(join(folder, 'rclone-azure.conf'), rcloneForAzure(server))
  await run(folder, [FERRY, 'mb', `az://${BUCKET}`], server.env)
  const tools = [ferryTool(folder, 'az', server.env), rcloneTool(folder, config)]
  // With several streams rclone 1.60.1 forgets the blob's MD5 and compares nothing (`-vv` says so).
  const verifying = [rcloneTool(folder, config, ['--multi-thread-streams', '0'])]
  return { service: 'azure', tools, verifying, [Symbol.asyncDispose]: () => server.stop() }
}

async function writeSecret(path: string, text: string): Promise<string> {
  await writeFile(path, text, { mode: 0o600 })
  return path
}

function rcloneForS3(server: S3Server): string {
  return `[remote]
type = s3
provider = Other
access_key_id = ${server.env.AWS_ACCESS_KEY_ID}
secret_access_key = ${server.env.AWS_SECRET_ACCESS_KEY}
endpoint = ${server.endpoint}
region = ${server.region}
force_path_style = true
`
}

function s3cmdConfig(server: S3Server): string {
  return `[default]
access_key = ${server.env.AWS_ACCESS_KEY_ID}
secret_key = ${server.env.AWS_SECRET_ACCESS_KEY}
host_base = 127.0.0.1:${server.port}
host_bucket = 127.0.0.1:${server.port}
use_https = False
`
}

/** Rclone finds a server other than Azure's by a signed URL only. */
function rcloneForAzure(server: AzuriteServer): string {
  return `[remote]
type = azureblob
sas_url = ${server.endpoint}/${BUCKET}?${accountSas(server)}
`
}

/** "Create an account SAS" in the reference of Azure Storage. */
function accountSas({ account, key }: AzuriteServer): string {
  const day = 86_400_000
  const [permissions, services, types, version] = ['rwdlac', 'b', 'sco', '2019-12-12']
  const expiry = new Date(Date.now() + day).toISOString().replace(/\.\d+/, '')
  const text = [account, permissions, services, types, '', expiry, '', '', version, ''].join('\n')
  const signature = createHmac('sha256', Buffer.from(key, 'base64')).update(text).digest('base64')
  const fields = { sv: version, ss: services, srt: types, sp: permissions, se: expiry }
  return new URLSearchParams({ ...fields, sig: signature }).toString()
}

function ferryTool(folder: string, scheme: string, env: Environment): Tool {
  const url = (key: string): string => `${scheme}://${BUCKET}/${key}`
  const ferry = (...args: string[]): Promise<Measured> => run(folder, [FERRY, ...args], env)
  const jobs = ['--jobs', String(JOBS)]
  return {
    name: 'ferry',
    upload: (file, key) => ferry('put', ...jobs, file, url(key)),
    download: (key, file) => ferry('get', ...jobs, url(key), file),
    uploadAll: (from, prefix) => ferry('put', '-r', ...jobs, from, url(`${prefix}/`)),
    downloadAll: (prefix, to) => ferry('get', '-r', ...jobs, url(`${prefix}/`), `${to}/`),
  }
}

function rcloneTool(folder: string, config: string, more: readonly string[] = []): Tool {
  const atOnce = ['--transfers', String(JOBS), '--checkers', String(JOBS)]
  const flags = ['--config', config, ...atOnce, ...more]
  const rclone = (...args: string[]): Promise<Measured> =>
    run(folder, ['rclone', ...args, ...flags], {})
  const remote = (key: string): string => `remote:${BUCKET}/${key}`
  return {
    name: ['rclone', ...more].join(' '),
    upload: (file, key) => rclone('copyto', '--ignore-times', file, remote(key)),
    download: (key, file) => rclone('copyto', remote(key), file),
    uploadAll: (from, prefix) => rclone('copy', '--ignore-times', from, remote(prefix)),
    downloadAll: (prefix, to) => rclone('copy', remote(prefix), to),
  }
}

function s3cmdTool(folder: string, config: string): Tool {
  const s3cmd = (...args: string[]): Promise<Measured> =>
    run(folder, ['s3cmd', '-c', config, '-q', ...args], {})
  const url = (key: string): string => `s3://${BUCKET}/${key}`
  return {
    name: 's3cmd',
    upload: (file, key) => s3cmd('put', file, url(key)),
    download: (key, file) => s3cmd('get', '--force', url(key), file),
    uploadAll: (from, prefix) => s3cmd('put', '-r', `${from}/`, url(`${prefix}/`)),
    downloadAll: (prefix, to) => s3cmd('get', '-r', '--force', url(`${prefix}/`), `${to}/`),
  }
}

/** Runs a program under GNU time. @throws Error with what it said when it fails */
export async function run(
  folder: string,
  command: readonly string[],
  env: Environment,
): Promise<Measured> {
  const report = join(folder, 'time')
  const child = spawn('/usr/bin/time', ['-o', report, '-f', '%e %U %S %M', ...command], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', HOME: folder, LC_ALL: 'C.UTF-8', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let talk = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (talk += text))
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${command[0]} ended with ${code}: ${talk.slice(-2_000)}`)
  const [wall = 0, user = 0, system = 0, kb = 0] = (await readFile(report, 'utf8'))
    .trim()
    .split(' ')
    .map(Number)
  return { wallS: wall, cpuS: user + system, userS: user, peakMb: kb / 1024 }
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** Medians of each tool, and Ferry's beside the fastest of the others. */
export function printRow(what: string, byTool: ReadonlyMap<string, readonly Measured[]>): void {
  for (const [name, runs] of byTool) {
    const [wall, cpu, peak] = [
      median(runs.map(one => one.wallS)),
      median(runs.map(one => one.cpuS)),
      Math.max(...runs.map(one => one.peakMb)),
    ]
    const cells = [`${wall.toFixed(2)} s`, `cpu ${cpu.toFixed(2)} s`, `${peak.toFixed(0)} MB`]
    console.log(
      `${what.padEnd(28)} ${name.padEnd(8)} ${cells.map(cell => cell.padStart(12)).join('')}`,
    )
  }
}
