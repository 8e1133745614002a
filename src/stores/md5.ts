import { createHash } from 'node:crypto'

/** The MD5 of bytes that come in order. */
export interface RunningMd5 {
  /** One after the other. The bytes must stay as they are until it resolves. */
  update(bytes: Uint8Array): Promise<void>
  /** In hex; once, at the end. */
  digest(): Promise<string>
}

/** On this thread. */
export function startMd5(): RunningMd5 {
  const hash = createHash('md5')
  return {
    update: async bytes => void hash.update(bytes),
    digest: async () => hash.digest('hex'),
  }
}
