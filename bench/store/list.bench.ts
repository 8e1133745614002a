/**
 * Budget: `ferry ls` of a small prefix takes 200 ms in all. `node -e 0` beside it says how busy the
 * machine is. FERRY_BENCH_ROUNDS changes the rounds.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startAzurite } from '../../servers/azurite.ts'
import { startGcs } from '../../servers/gcs.ts'
import { startS3 } from '../../servers/s3.ts'
import { openStore } from '../../src/stores/open-store.ts'
import { BUCKET, type Measured, printRow, run } from './tools.ts'

const ROUNDS = Number(process.env['FERRY_BENCH_ROUNDS'] ?? 15)
const OBJECTS = 10
const MOST_S = 0.2
const FERRY = join(import.meta.dirname, '../../bin/ferry')

const logger = { debug: () => {}, info: () => {}, warn: () => {} }
const { signal } = new AbortController()
const folder = await mkdtemp(join(tmpdir(), 'ferry-bench-'))
await using s3 = await startS3()
await using azurite = await startAzurite()
await using gcs = await startGcs()
const gcsEnv = { STORAGE_EMULATOR_HOST: gcs.endpoint, CLOUDSDK_AUTH_ACCESS_TOKEN: gcs.token }
const places = [
  { scheme: 's3', environment: { ...s3.env } },
  { scheme: 'az', environment: { ...azurite.env } },
  { scheme: 'gs', environment: gcsEnv },
] as const

try {
  for (const { scheme, environment } of places) {
    const url = { scheme, bucket: BUCKET, key: '' }
    await using store = await openStore(url, { environment, logger })
    await store.bucket.create({ signal })
    for (let at = 0; at < OBJECTS; at++) {
      await store.put(`small/object-${at}`, Buffer.from('content'), { signal })
    }
  }
  const works = new Map<string, () => Promise<Measured>>([
    ['node', () => run(folder, [process.execPath, '-e', '0'], {})],
    ...places.map(({ scheme, environment }) => {
      const list = (): Promise<Measured> =>
        run(folder, [FERRY, 'ls', `${scheme}://${BUCKET}/small/`], environment)
      return [scheme, list] as const
    }),
  ])
  const measured = new Map([...works.keys()].map(name => [name, [] as Measured[]]))
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, work] of works) measured.get(name)?.push(await work())
  }
  printRow(`ls of ${OBJECTS}; budget ${MOST_S} s`, measured)
} finally {
  await rm(folder, { recursive: true })
}
