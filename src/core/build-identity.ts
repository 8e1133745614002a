import { stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/**
 * Tells one build of Ferry from another: a session never talks to an owner of the warehouse that an older build
 * left running, and pages that an older build made are not shown. All of a build's files are written together; this
 * one stands for them.
 */
export async function buildIdentity(): Promise<string> {
  const { mtimeMs, size } = await stat(fileURLToPath(import.meta.url))
  return `${Math.round(mtimeMs)}-${size}`
}
