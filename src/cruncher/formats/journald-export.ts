import { SURE, type LogFormat } from '../format.ts'
import { SYSLOG_LEVELS } from '../level.ts'
import type { Line } from '../line.ts'
import { HOST, type LogRecord, MESSAGE, SERVICE } from '../record.ts'

/** A field's line: `NAME=value`, or `NAME` alone before a value in binary. */
const FIELD = /^([A-Z_][A-Z0-9_]*)(=|$)/
/** The length of a value in binary, in eight bytes before it. */
const LENGTH_BYTES = 8
/** So far back the beginning of a value of many lines is looked for. */
const MAX_VALUE_LINES = 1_000

const TEXTS: Readonly<Record<string, number>> = {
  MESSAGE,
  _HOSTNAME: HOST,
  SYSLOG_IDENTIFIER: SERVICE,
}
/** Who wrote it, where it gave no name of its own: the surer first. */
const OTHER_NAMES = ['_SYSTEMD_UNIT', '_COMM'] as const

/**
 * `journalctl -o export`: an entry is a block of lines `NAME=value`, then an empty one. A value with
 * line ends in it has its name in a line of its own, eight bytes of its length (little-endian), and then
 * itself. A length that was not UTF-8 is mended before it comes here; such a value lasts until the next
 * name. @see https://systemd.io/JOURNAL_EXPORT_FORMATS
 */
export const journaldExport: LogFormat = {
  name: 'journald-export',
  title: 'systemd journal, export format',
  sureness: SURE,
  starts: '_',
  multiline: true,
  envelope: true,
  goesOn: ({ text }, lines) =>
    !text.startsWith('__CURSOR=') && (FIELD.test(text) || isInValue(lines)),
  claim: claimEntry,
  samples: [
    {
      line: '__CURSOR=s=e991;i=3c\n__REALTIME_TIMESTAMP=1709626530021345\n__MONOTONIC_TIMESTAMP=6812\nPRIORITY=3\n_HOSTNAME=web-3\nSYSLOG_IDENTIFIER=shop\n_SYSTEMD_UNIT=shop.service\nMESSAGE=stock is low',
      expected: {
        time: '2024-03-05T08:15:30.021345Z',
        level: 'error',
        host: 'web-3',
        service: 'shop',
        message: 'stock is low',
        _SYSTEMD_UNIT: 'shop.service',
      },
    },
    {
      line: '__CURSOR=s=e991;i=3d\n__REALTIME_TIMESTAMP=1709626531000000\nMESSAGE\n\u0010\0\0\0\0\0\0\0Traceback:\n  cart\n_COMM=cart',
      expected: {
        time: '2024-03-05T08:15:31Z',
        service: 'cart',
        message: 'Traceback:\n  cart',
      },
    },
  ],
}

function isInValue(lines: readonly Buffer[]): boolean {
  const last = Math.max(0, lines.length - MAX_VALUE_LINES)
  for (let at = lines.length - 1; at >= last; at--) {
    const found = FIELD.exec(lines[at]?.toString('latin1') ?? '')
    if (found !== null) return found[2] === ''
  }
  return false
}

function claimEntry(line: Line, record: LogRecord): boolean {
  const { text } = line
  if (!text.startsWith('__CURSOR=')) return false
  const names = new Map<string, string>()
  for (const { name, value } of fieldsOf(text)) {
    const field = TEXTS[name]
    if (field !== undefined) record.setText(field, value)
    else if (name === '__REALTIME_TIMESTAMP') record.timeUs = microseconds(value)
    else if (name === 'PRIORITY') record.level = SYSLOG_LEVELS[Number(value)] ?? 0
    else record.addText(name, value)
    names.set(name, value)
  }
  if (!names.has('SYSLOG_IDENTIFIER')) {
    const name = OTHER_NAMES.find(other => names.has(other))
    record.setText(SERVICE, names.get(name ?? '') ?? '')
  }
  return true
}

const microseconds = (text: string): number => (/^\d{1,16}$/.test(text) ? Number(text) : Number.NaN)

function* fieldsOf(text: string): Generator<{ readonly name: string; readonly value: string }> {
  const lines = text.split('\n')
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? ''
    const [whole, name = '', equals] = FIELD.exec(line) ?? []
    if (whole === undefined) continue
    if (equals === '=') {
      yield { name, value: line.slice(whole.length) }
      continue
    }
    const value: string[] = []
    while (at + 1 < lines.length && (value.length === 0 || !FIELD.test(lines[at + 1] ?? ''))) {
      at++
      value.push(lines[at] ?? '')
    }
    yield { name, value: value.join('\n').slice(LENGTH_BYTES) }
  }
}
