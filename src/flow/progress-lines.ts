import { stripVTControlCharacters } from 'node:util'
import { formatDuration } from '../core/units.ts'
import type { TrackedCommand } from '../formats/command-record.ts'

export interface NightProgress {
  readonly date: string
  readonly attempt: number
  readonly maxAttempts: number
  readonly wanted: number
  readonly done: number
  readonly failed: number
  readonly elapsedMs: number
  readonly running: readonly TrackedCommand[]
}

const SHOWN_COMMANDS = 6

/** The live picture of an attempt: a line of counts and the commands that run, longest first. */
export function progressLines(progress: NightProgress, now: Date, width: number): string[] {
  const failed = progress.failed === 0 ? '' : `, ${progress.failed} failed`
  const head = `night ${progress.date}, attempt ${progress.attempt} of ${progress.maxAttempts}: ${progress.done} of ${progress.wanted} targets made${failed}, ${formatDuration(progress.elapsedMs)}`
  const running = progress.running.slice(0, SHOWN_COMMANDS).map(({ begin }) => {
    const age = formatDuration(Math.max(0, now.getTime() - Date.parse(begin.started_at)))
    return `  ${begin.target} (${age}): ${begin.command.replaceAll(/\s+/g, ' ')}`
  })
  const more = progress.running.length - SHOWN_COMMANDS
  return [head, ...running, ...(more > 0 ? [`  and ${more} more`] : [])].map(line =>
    stripVTControlCharacters(line).slice(0, Math.max(20, width - 1)),
  )
}

/** Draws lines in place on a terminal. */
export class LiveLines {
  readonly #stream: NodeJS.WriteStream
  #height = 0

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream
  }

  draw(lines: readonly string[]): void {
    this.#stream.write(`${this.#back()}${lines.map(line => `${line}\u001B[K\n`).join('')}\u001B[J`)
    this.#height = lines.length
  }

  clear(): void {
    this.#stream.write(`${this.#back()}\u001B[J`)
    this.#height = 0
  }

  #back(): string {
    return this.#height === 0 ? '' : `\u001B[${this.#height}A`
  }
}
