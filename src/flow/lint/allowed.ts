import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { systemErrorCode } from '../../core/errors.ts'
import type { Finding } from './finding.ts'

/**
 * Leaves out what the project allows: `ferry-lint: allow RULE` (several: with commas) in a comment
 * on the line of the finding, or alone on the line above it.
 */
export async function withoutAllowed(
  directory: string,
  findings: readonly Finding[],
): Promise<Finding[]> {
  const lines = new Map<string, readonly string[]>()
  for (const file of new Set(findings.map(one => one.file))) {
    lines.set(file, await readLines(join(directory, file)))
  }
  return findings.filter(one => {
    const text = lines.get(one.file) ?? []
    const above = text[one.line - 2] ?? ''
    const near = [text[one.line - 1], /^\s*(#|--|\/\/|\/\*)/.test(above) ? above : '']
    return !near.some(line => {
      const allowed = /ferry-lint: allow ([\w-]+(?:, *[\w-]+)*)/.exec(line ?? '')?.[1]
      return allowed?.split(/, */).includes(one.rule) === true
    })
  })
}

async function readLines(path: string): Promise<readonly string[]> {
  try {
    return (await readFile(path, 'utf8')).split('\n')
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return []
    throw error
  }
}
