import { LEVELS } from './record.ts'

/** The words that stand for levels, by those of records. A word of two readings stands for the milder. */
const WORDS: Readonly<Record<(typeof LEVELS)[number], string>> = {
  '': '',
  trace: 'trace trc finest finer t silly all debug-4',
  debug:
    'debug dbg debu debug1 debug2 debug3 debug4 debug5 d1 d2 d3 d4 d5 fine d verbose vrb config',
  info: 'info inf information informational i log statement detail hint default',
  notice: 'notice note n info+2',
  warn: 'warn warning wrn w warni deprecation',
  error: 'error err erro e eror severe failure fail',
  fatal: 'fatal ftl fata f critical crit crt c alert emerg emergency panic pnc dpanic alrt error+4',
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

/** What numbers as levels mean, by who writes them. */
export const LEVEL_SCALES = {
  bunyan: bunyanLevel,
  syslog: (number: number): number => SYSLOG_LEVELS[number] ?? 0,
  /** Monolog: a hundred to a level, notice (250), alert (550) and emergency (600) between and above. */
  monolog: (number: number): number => steps(number, [100, 200, 250, 300, 400, 500], 2),
  /** OpenTelemetry's severity numbers: four to a level from trace (1) to fatal (21). */
  otel: (number: number): number => {
    const level = steps(number, [1, 5, 9, 13, 17, 21], 1)
    return level < 4 ? level : level + 1
  },
  /** Nextcloud: 0 is debug, 4 fatal. */
  nextcloud: (number: number): number => [2, 3, 5, 6, 7][number] ?? 0,
  /** glog and osquery: info, warning, error, fatal. */
  glog: (number: number): number => [3, 5, 6, 7][number] ?? 0,
  /** Azure: 1 is critical, 5 verbose. */
  azure: (number: number): number => [0, 7, 6, 5, 3, 2][number] ?? 0,
  /** Suricata's alerts: 1 is the worst. */
  suricata: (number: number): number => [0, 6, 5, 4, 3][number] ?? 0,
} as const satisfies Record<string, (number: number) => number>
export type LevelScale = keyof typeof LEVEL_SCALES

/** The level of the last step that the number reaches, the first being `first`; 0 below. */
function steps(number: number, from: readonly number[], first: number): number {
  const reached = from.filter(step => number >= step).length
  return reached === 0 ? 0 : first + reached - 1
}

/** Levels of bunyan and pino: ten to a level from trace (10) to fatal (60). */
export function bunyanLevel(number: number): number {
  if (number >= 60) return 7
  if (number >= 50) return 6
  if (number >= 40) return 5
  if (number >= 30) return 3
  if (number >= 20) return 2
  return number > 0 ? 1 : 0
}
