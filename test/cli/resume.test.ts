import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Cloud, CLOUDS } from '../support/cloud.ts'
import { type CountingProxy, startCountingProxy } from '../support/counting-proxy.ts'
import { FERRY } from '../support/run-ferry.ts'

const MIB = 1_048_576
const SIZE = 32 * MIB + 12_345
/** The smallest that S3 takes. */
const PART = 5 * MIB
/** Parts of an object that are under way at once. */
const WORKERS = 4
const IS_SOAK = process.env['FERRY_SOAK'] !== undefined
const KILLS = IS_SOAK ? 40 : 1

let cloud: Cloud
let proxy: CountingProxy
let cwd: string
const content = randomBytes(SIZE)

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'ferry-resume-'))
  await writeFile(join(cwd, 'large.bin'), content)
  return () => rm(cwd, { recursive: true })
})

interface Trial {
  readonly args: readonly string[]
  readonly direction: 'sent' | 'received'
}

/** Runs a command and kills it once so many bytes have passed. Returns how many have. */
async function run({ args, direction }: Trial, killAt = Infinity): Promise<number> {
  const env = { ...process.env, ...cloud.at(proxy.endpoint), XDG_CACHE_HOME: join(cwd, 'cache') }
  proxy[direction] = 0
  const child = spawn(FERRY, args, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] })
  proxy.onBytes = () => {
    if (proxy[direction] >= killAt) child.kill('SIGKILL')
  }
  const [stderr] = await Promise.all([text(child.stderr), once(child, 'close')])
  proxy.onBytes = () => {}
  if (killAt === Infinity) expect([child.exitCode, stderr]).toEqual([0, ''])
  return proxy[direction]
}

/** Puts with the line cut at half of it. Mended after so long, or when the program has given up. */
async function putOverCutLine(key: string, mendedAfterMs = Infinity): Promise<number | null> {
  const env = { ...process.env, ...cloud.at(proxy.endpoint), XDG_CACHE_HOME: join(cwd, 'cache') }
  const args = ['put', 'large.bin', `${cloud.url}${key}`, '--part-size', '5MiB']
  const child = spawn(FERRY, args, { cwd, env, stdio: 'ignore' })
  const ended = once(child, 'close')
  proxy.sent = 0
  proxy.onBytes = () => {
    if (proxy.sent < SIZE / 2) return
    proxy.onBytes = () => {}
    proxy.isCut = true
    if (mendedAfterMs < Infinity) setTimeout(() => (proxy.isCut = false), mendedAfterMs)
  }
  await ended
  proxy.isCut = false
  return child.exitCode
}

/** What HTTP adds. */
const OVERHEAD = 1.02

/** Their empty locks stay (src/objects/transfer-journals.ts). */
const journals = async (): Promise<string[]> =>
  (await readdir(join(cwd, 'cache/ferry/transfers'))).filter(name => !name.endsWith('.lock'))

/** Kills a transfer a few times, then lets it end. All runs together send little more than one. */
async function interrupt(trial: Trial): Promise<void> {
  let total = 0
  let kills = 0
  for (; kills < 3 && total < SIZE * 0.9; kills++) {
    total += await run(trial, (0.1 + Math.random() * 0.5) * SIZE)
  }
  total += await run(trial)
  expect(total).toBeLessThanOrEqual((SIZE + kills * WORKERS * PART) * OVERHEAD)
  expect(await journals()).toEqual([])
}

describe.for(CLOUDS)('%s', ([, start]) => {
  beforeAll(async () => {
    cloud = await start()
    proxy = await startCountingProxy(cloud.port)
  }, 60_000)

  afterAll(async () => {
    await proxy[Symbol.asyncDispose]()
    await cloud[Symbol.asyncDispose]()
  })

  test.for(Array.from({ length: KILLS }, (_, at) => at + 1))(
    'put that is killed goes on where it was, time %i',
    { timeout: 120_000 },
    async nr => {
      const key = `up-${nr}.bin`
      const args = ['put', 'large.bin', `${cloud.url}${key}`, '--part-size', '5MiB']
      await interrupt({ args, direction: 'sent' })
      const { body } = await cloud.store.read(key, { signal: AbortSignal.timeout(20_000) })
      const pieces: Uint8Array[] = []
      for await (const piece of body) pieces.push(piece)
      expect(Buffer.concat(pieces).equals(content)).toBe(true)
    },
  )

  test.for(Array.from({ length: KILLS }, (_, at) => at + 1))(
    'get that is killed goes on where it was, time %i',
    { timeout: 120_000 },
    async () => {
      const { env } = cloud
      const up = spawn(FERRY, ['put', 'large.bin', `${cloud.url}down.bin`], {
        cwd,
        env: { ...process.env, ...env },
      })
      await once(up, 'close')
      const args = ['get', `${cloud.url}down.bin`, 'out/', '--part-size', '5MiB']
      await interrupt({ args, direction: 'received' })
      expect((await readFile(join(cwd, 'out/down.bin'))).equals(content)).toBe(true)
      expect(await readdir(join(cwd, 'out'))).toEqual(['down.bin'])
    },
  )

  test('a line that is cut for a moment costs a part a worker at most', async () => {
    expect(await putOverCutLine('cut.bin', 1_000)).toBe(0)
    expect(proxy.sent).toBeLessThanOrEqual((SIZE + WORKERS * PART) * OVERHEAD)
    const { size } = await cloud.store.stat('cut.bin', { signal: AbortSignal.timeout(20_000) })
    expect(size).toBe(SIZE)
    expect(await journals()).toEqual([])
  })

  const goesOnLater = async (): Promise<void> => {
    expect([69, 75]).toContain(await putOverCutLine('given-up.bin'))
    const before = proxy.sent
    const args = ['put', 'large.bin', `${cloud.url}given-up.bin`, '--part-size', '5MiB']
    const after = await run({ args, direction: 'sent' })
    expect(before + after).toBeLessThanOrEqual((SIZE + WORKERS * PART) * OVERHEAD)
  }
  // The patience of a night takes minutes to end.
  if (IS_SOAK) test('a line that stays cut ends the put, and the next one goes on', goesOnLater)

  test('a source that changed since is sent from the start, and nothing of the first try is left', async () => {
    const args = ['get', `${cloud.url}changing.bin`, 'out/', '--part-size', '5MiB']
    const trial = { args, direction: 'received' } as const
    const put = async (bytes: Uint8Array): Promise<void> => {
      await cloud.store.put('changing.bin', bytes, { signal: AbortSignal.timeout(20_000) })
    }
    await put(content)
    await run(trial, SIZE / 2)
    expect(await readdir(join(cwd, 'out'))).not.toEqual([])
    await put(content.toReversed())
    expect(await run(trial)).toBeGreaterThan(SIZE)
    expect((await readFile(join(cwd, 'out/changing.bin'))).equals(content.toReversed())).toBe(true)
    expect(await readdir(join(cwd, 'out'))).toEqual(['changing.bin'])
  })

  test('two at once at the same transfer both arrive', async () => {
    const args = ['get', `${cloud.url}twice.bin`, 'out/', '--part-size', '5MiB']
    await cloud.store.put('twice.bin', content, { signal: AbortSignal.timeout(20_000) })
    const env = { ...process.env, ...cloud.env, XDG_CACHE_HOME: join(cwd, 'cache') }
    const children = [1, 2].map(() => spawn(FERRY, args, { cwd, env, stdio: 'ignore' }))
    await Promise.all(children.map(child => once(child, 'close')))
    expect(children.map(child => child.exitCode)).toEqual([0, 0])
    expect((await stat(join(cwd, 'out/twice.bin'))).size).toBe(SIZE)
    expect(await readdir(join(cwd, 'out'))).toEqual(['twice.bin'])
  })
})
