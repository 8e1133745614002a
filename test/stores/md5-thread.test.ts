import { createHash, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { startMd5 } from '../../src/stores/md5.ts'
import { Md5Thread } from '../../src/stores/md5-thread.ts'

const WORKER = new URL('../../src/stores/md5-worker.ts', import.meta.url)
const CONTENT = randomBytes(1_600_000)

function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex')
}

test('hashes that are under way at once each get their own bytes, in order', async () => {
  const thread = new Md5Thread(WORKER)
  const cuts = fc.array(fc.nat(CONTENT.length), { maxLength: 4 })
  const hashOf = async (points: readonly number[], start: typeof startMd5): Promise<string> => {
    const hash = start()
    const ends = [...points.toSorted((a, b) => a - b), CONTENT.length]
    for (const [at, end] of ends.entries()) {
      await hash.update(CONTENT.subarray(ends[at - 1] ?? 0, end))
    }
    return hash.digest()
  }
  await fc.assert(
    fc.asyncProperty(fc.array(cuts, { minLength: 1, maxLength: 3 }), async plans => {
      const started = [startMd5, () => thread.start()]
      const found = await Promise.all(
        started.flatMap(start => plans.map(points => hashOf(points, start))),
      )
      expect(found).toEqual(found.map(() => md5(CONTENT)))
    }),
    { numRuns: 20 },
  )
})

test('bytes may change once they are taken', async () => {
  const hash = new Md5Thread(WORKER).start()
  const bytes = Buffer.from('one')
  await hash.update(bytes)
  bytes.fill('x')
  expect(await hash.digest()).toBe(md5(Buffer.from('one')))
})

test('a thread that cannot run fails who waits for it', async () => {
  const hash = new Md5Thread(new URL('no-such-worker.ts', WORKER)).start()
  await expect(hash.update(Buffer.from('one'))).rejects.toThrow(/no-such-worker/)
})
