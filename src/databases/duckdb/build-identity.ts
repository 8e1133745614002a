import { stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/**
 * Tells one build of Ferry from another, so that a session never talks to an owner that an older
 * build left running. All of a build's files are written together; this one stands for them.
 */
export async function buildIdentity(): Promise<string> {
  const { mtimeMs, size } = await stat(fileURLToPath(import.meta.url))
  return `${Math.round(mtimeMs)}-${size}`
}
