/**
 * Budget: a sync with nothing to do over 100,000 objects takes 1.2 times as long as listing them, or
 * less, in 150 MB or less; and no more for 1,000,000 names. Compared is the wall time of the sync after
 * a first one with that of `ferry ls -r` of its bucket (one of the two, which both list the same), in
 * turns, on listings of a stub (listing-stub.ts); beside them both sides listed one after the other and
 * both at once, which is what any program does that compares them; `ferry du`, which lists and prints nothing, stands
 * beside it. The record of the many names is written as a first sync would leave it, as that one asks
 * for each name. FERRY_BENCH_OBJECTS and FERRY_BENCH_NAMES change the numbers, FERRY_BENCH_ROUNDS the
 * rounds.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startHttpServer } from '../../servers/http-server.ts'
import { SyncRecord } from '../../src/objects/sync-record.ts'
import { CONTENT, ETAG, nameOf } from './listing-stub.ts'
import { BUCKET, type Measured, median, printRow, run } from './tools.ts'

const OBJECTS = Number(process.env['FERRY_BENCH_OBJECTS'] ?? 100_000)
const NAMES = Number(process.env['FERRY_BENCH_NAMES'] ?? 1_000_000)
const ROUNDS = Number(process.env['FERRY_BENCH_ROUNDS'] ?? 5)
const MOST_RATIO = 1.2
const MOST_MB = 150
const FERRY = join(import.meta.dirname, '../../bin/ferry')
const STUB = fileURLToPath(new URL('listing-stub.ts', import.meta.url))

const folder = await mkdtemp(join(tmpdir(), 'ferry-bench-'))

async function fill(root: string): Promise<void> {
  for (let at = 0; at < OBJECTS; at++) {
    const path = join(root, nameOf(at))
    if (at % 1_000 === 0) await mkdir(dirname(path), { recursive: true })
    await writeFile(path, CONTENT)
  }
}

async function startStub(count: number): Promise<{ port: number; stop: () => Promise<void> }> {
  return startHttpServer('listing-stub', port => [
    process.execPath,
    STUB,
    String(port),
    String(count),
  ])
}

/** As a first sync of the two buckets would. */
function remember(count: number): void {
  const direction = JSON.stringify([`s3://${BUCKET}/`, 's3://other/'])
  using record = new SyncRecord(join(folder, '.cache/ferry/sync.sqlite'), direction, {
    forgets: true,
  })
  for (let at = 0; at < count; at++) record.note(nameOf(at), ETAG, ETAG)
}

function ferryAt(port: number): (...args: string[]) => Promise<Measured> {
  return (...args) => run(folder, [FERRY, ...args], environmentOf(port))
}

function environmentOf(port: number): Readonly<Record<string, string>> {
  return {
    AWS_ACCESS_KEY_ID: 'AKIABENCH',
    AWS_SECRET_ACCESS_KEY: 'bench',
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
  }
}

function rcloneAt(port: number): (...args: string[]) => Promise<Measured> {
  const env = {
    RCLONE_CONFIG_REMOTE_TYPE: 's3',
    RCLONE_CONFIG_REMOTE_PROVIDER: 'Other',
    RCLONE_CONFIG_REMOTE_ACCESS_KEY_ID: 'AKIABENCH',
    RCLONE_CONFIG_REMOTE_SECRET_ACCESS_KEY: 'bench',
    RCLONE_CONFIG_REMOTE_ENDPOINT: `http://127.0.0.1:${port}`,
    RCLONE_CONFIG_REMOTE_LIST_VERSION: '2',
  }
  return (...args) => run(folder, ['rclone', '--fast-list', '--size-only', ...args], env)
}

async function compare(works: ReadonlyMap<string, () => Promise<Measured>>, rounds: number) {
  // A first sync looks at everything; what it finds equal is not looked at again.
  for (const work of works.values()) await work()
  const measured = new Map([...works.keys()].map(name => [name, [] as Measured[]]))
  for (let round = 0; round < rounds; round++) {
    for (const [name, work] of works) measured.get(name)?.push(await work())
  }
  return measured
}

/** Two commands one after the other, or at once. */
function both(port: number, order: 'in turn' | 'at once') {
  return (...urls: readonly [string, string]): Promise<Measured> => {
    const [one, other] = urls.map(url => `${FERRY} ls -r ${url}`)
    const script = order === 'in turn' ? `${one} && ${other}` : `${one} & ${other} && wait $!`
    return run(folder, ['sh', '-c', script], environmentOf(port))
  }
}

function judge(measured: ReadonlyMap<string, readonly Measured[]>, names: readonly string[]): void {
  const wallOf = (name: string): number => median((measured.get(name) ?? []).map(one => one.wallS))
  for (const name of names) {
    const ratio = wallOf(name) / wallOf('list')
    const peak = Math.max(...(measured.get(name) ?? []).map(one => one.peakMb))
    const isMet = ratio <= MOST_RATIO && peak <= MOST_MB
    const figures = `${ratio.toFixed(2)} of ${MOST_RATIO}, ${peak.toFixed(0)} of ${MOST_MB} MB`
    console.log(`${name.padEnd(28)} ${figures}: ${isMet ? 'met' : 'MISSED'}`)
    for (const order of ['in turn', 'at once']) {
      const ofBoth = wallOf(name) / wallOf(`${name}: both sides ${order}`)
      if (!Number.isNaN(ofBoth)) console.log(`  by both sides ${order}: ${ofBoth.toFixed(2)}`)
    }
  }
}

try {
  const local = join(folder, 'local')
  await fill(local)
  const few = await startStub(OBJECTS)
  const ferry = ferryAt(few.port)
  const rclone = rcloneAt(few.port)
  const bucket = `s3://${BUCKET}/`
  const measured = await compare(
    new Map([
      ['list', () => ferry('ls', '-r', bucket)],
      ['du', () => ferry('du', bucket)],
      ['sync folder', () => ferry('sync', `${local}/`, bucket)],
      ['sync bucket', () => ferry('sync', bucket, 's3://other/')],
      ['sync folder: both sides in turn', () => both(few.port, 'in turn')(`${local}/`, bucket)],
      ['sync folder: both sides at once', () => both(few.port, 'at once')(`${local}/`, bucket)],
      ['sync bucket: both sides in turn', () => both(few.port, 'in turn')(bucket, 's3://other/')],
      ['sync bucket: both sides at once', () => both(few.port, 'at once')(bucket, 's3://other/')],
      ['rclone list', () => rclone('size', `remote:${BUCKET}`)],
      ['rclone sync folder', () => rclone('sync', local, `remote:${BUCKET}`)],
    ]),
    ROUNDS,
  )
  printRow(`${OBJECTS} objects`, measured)
  judge(measured, ['sync folder', 'sync bucket'])
  await few.stop()

  const many = await startStub(NAMES)
  const ferryOfMany = ferryAt(many.port)
  remember(NAMES)
  const ofMany = await compare(
    new Map([
      ['list', () => ferryOfMany('ls', '-r', bucket)],
      ['du', () => ferryOfMany('du', bucket)],
      ['sync bucket', () => ferryOfMany('sync', bucket, 's3://other/')],
    ]),
    1,
  )
  printRow(`${NAMES} names`, ofMany)
  judge(ofMany, ['sync bucket'])
  await many.stop()
} finally {
  await rm(folder, { recursive: true })
}
