/** Runs as a thread of its own (md5-thread.ts). */
import { createHash, type Hash } from 'node:crypto'
import { parentPort } from 'node:worker_threads'

export interface Md5Request {
  readonly id: number
  /** Any number of hashes may be under way. */
  readonly hash: number
  /** To add; without, the hash is at its end. */
  readonly bytes?: Uint8Array<ArrayBuffer>
}

export interface Md5Answer {
  readonly id: number
  /** In hex, at the end; else empty. */
  readonly digest: string
  /** What the bytes were in, for others. */
  readonly memory: ArrayBuffer | undefined
}

const hashes = new Map<number, Hash>()

parentPort?.on('message', ({ id, hash: nr, bytes }: Md5Request) => {
  const hash = hashes.get(nr) ?? createHash('md5')
  let digest = ''
  if (bytes === undefined) {
    hashes.delete(nr)
    digest = hash.digest('hex')
  } else {
    hashes.set(nr, hash)
    hash.update(bytes)
  }
  const memory = bytes?.buffer
  const answer: Md5Answer = { id, digest, memory }
  parentPort?.postMessage(answer, memory === undefined ? [] : [memory])
})
