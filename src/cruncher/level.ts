import { LEVELS } from './record.ts'

/** The words that stand for levels, by those of records. A word of two readings stands for the milder. */
const WORDS: Readonly<Record<(typeof LEVELS)[number], string>> = {
  '': '',
  trace: 'trace trc finest finer t silly all',
  debug: 'debug dbg debu debug1 debug2 debug3 debug4 debug5 fine d verbose vrb config',
  info: 'info inf information informational i log statement detail hint default',
  notice: 'notice note n',
  warn: 'warn warning wrn w warni',
  error: 'error err erro e eror severe failure fail',
  fatal: 'fatal ftl fata f critical crit crt c alert emerg emergency panic pnc dpanic alrt',
}

const BY_WORD = new Map<string, number>(
  LEVELS.flatMap((level, number) =>
    WORDS[level]
      .split(' ')
      .filter(word => word !== '')
      .map(word => [word, number] as const),
  ),
)

/** A word's length, first, second and last letters: enough to find it, not to know it. */
const SLOTS = 4_096
const slotOf = (length: number, first: number, second: number, last: number): number =>
  (Math.imul(length, 0x9e5) ^ Math.imul(first, 0x1f3) ^ Math.imul(second, 0x61) ^ last) &
  (SLOTS - 1)

const TABLE: (readonly { readonly word: Uint8Array; readonly level: number }[] | undefined)[] =
  Array.from({ length: SLOTS })
for (const [text, level] of BY_WORD) {
  const word = Buffer.from(text)
  const slot = slotOf(word.length, word[0] ?? 0, word[1] ?? 0, word.at(-1) ?? 0)
  TABLE[slot] = [...(TABLE[slot] ?? []), { word, level }]
}

/** The level that a word stands for, in any case of letters; 0: it stands for none. */
export function levelOf(bytes: Uint8Array, from: number, to: number): number {
  const length = to - from
  const first = (bytes[from] ?? 0) | 0x20
  const second = length > 1 ? (bytes[from + 1] ?? 0) | 0x20 : 0
  const candidates = TABLE[slotOf(length, first, second, (bytes[to - 1] ?? 0) | 0x20)]
  if (candidates === undefined) return 0
  for (const { word, level } of candidates) {
    let at = 0
    while (at < length && lower(bytes[from + at] ?? 0) === word[at]) at++
    if (at === length && length === word.length) return level
  }
  return 0
}

const lower = (byte: number): number => (byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte)

/** As levelOf, of a string. */
export const levelOfText = (text: string): number => BY_WORD.get(text.toLowerCase()) ?? 0

/** Levels of syslog (RFC 5424, 6.2.1), by their numbers. */
export const SYSLOG_LEVELS: readonly number[] = [7, 7, 7, 6, 5, 4, 3, 2]

/** Levels of bunyan and pino: ten to a level from trace (10) to fatal (60). */
export function bunyanLevel(number: number): number {
  if (number >= 60) return 7
  if (number >= 50) return 6
  if (number >= 40) return 5
  if (number >= 30) return 3
  if (number >= 20) return 2
  return number > 0 ? 1 : 0
}
