import { formatBytes } from '../core/units.ts'
import type { FileAccount } from './account.ts'
import { grouped as number } from './grouped-number.ts'

/** An account for people: what became of all lines, then a line a format, the most frequent first. */
export function accountText(account: FileAccount, files: number): string {
  const { lines, bytes, expanded, out, filtered, merged, rejected } = account
  const further = expanded === 0 ? '' : ` + ${number(expanded)} expanded`
  const head = [
    `${number(lines)} lines (${formatBytes(bytes)})${further} in ${number(files)} ${files === 1 ? 'file' : 'files'}:`,
    `${number(out)} out + ${number(filtered)} filtered + ${number(merged)} merged + ${number(rejected)} rejected`,
  ]
  const formats = Object.entries(account.formats).sort(
    ([a, one], [b, other]) => other.lines - one.lines || (a < b ? -1 : 1),
  )
  const rows = formats.map(([name, counts]) => [
    name,
    number(counts.lines),
    `${((100 * counts.lines) / Math.max(lines, 1)).toFixed(1)} %`,
  ])
  const table = columns([['FORMAT', 'LINES', 'SHARE'], ...rows])
  const reasons = Object.entries({ ...account.reasons.filtered, ...account.reasons.rejected })
  const why = reasons.map(([reason, count]) => `  ${reason}: ${number(count)}`)
  return [...head, '', ...table, ...(why.length > 0 ? ['', ...why] : []), ''].join('\n')
}

/** The first column to the left, the others to the right. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>(
    (most, row) => row.map((cell, at) => Math.max(most[at] ?? 0, cell.length)),
    [],
  )
  return rows.map(row =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  '),
  )
}
