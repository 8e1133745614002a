import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { systemErrorCode } from '../../core/errors.ts'
import { targetLogName } from '../../formats/target-log-name.ts'
import { withoutAnsi } from './ansi.ts'

const TAIL_BYTES = 64 * 1024
const MOST_LINES = 12
const WIDTH = 300

/** The name of a target's log in the folder of the night. */
export const logNameOf = (target: string): string => `${targetLogName(target)}.log`

/**
 * The last lines that a command wrote, as plain text, from the end of its target's log. Its part
 * begins with a heading that bears its id (docs/tracking-shell.md). Reads no more than a little of
 * a log of any size; empty when the log is gone.
 */
export async function readCause(
  folder: string,
  target: string,
  commandId: string,
): Promise<string[]> {
  const text = await readTail(join(folder, logNameOf(target)))
  const lines = text.split('\n')
  const heading = lines.findLastIndex(
    line => line.startsWith('#> ') && line.endsWith(` id=${commandId}`),
  )
  const own = lines.slice(heading + 1)
  const next = own.findIndex(line => /^#> \S+ attempt=\d+ id=\S+$/.test(line))
  const said = (next === -1 ? own : own.slice(0, next)).filter(line => !/^#[$ ] /.test(line))
  const plain = said.map(line => cut(withoutAnsi(line).trimEnd()))
  while (plain.at(-1) === '') plain.pop()
  return plain.slice(-MOST_LINES)
}

async function readTail(path: string): Promise<string> {
  try {
    await using file = await open(path, 'r')
    const { size } = await file.stat()
    const bytes = Math.min(size, TAIL_BYTES)
    const buffer = Buffer.alloc(bytes)
    const { bytesRead } = await file.read(buffer, 0, bytes, size - bytes)
    return buffer.toString('utf8', 0, bytesRead)
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return ''
    throw error
  }
}

const cut = (line: string): string => (line.length > WIDTH ? `${line.slice(0, WIDTH)}…` : line)
