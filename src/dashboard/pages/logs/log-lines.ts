import { type Html, html } from '../../../core/html.ts'
import { parseAnsi, withoutAnsi } from '../../logs/ansi.ts'
import type { LineWindow, LogLine } from '../../logs/line-window.ts'
import type { Mask } from '../../mask.ts'

/** Lines of a log as elements: nothing of what they hold is markup. */
export function renderLines(
  { lines }: Pick<LineWindow, 'lines'>,
  mask: Mask,
  firstNumber: number | undefined,
): Html {
  let number = firstNumber
  return html`${lines.map(line => {
    if (number !== undefined && !line.isContinued && line !== lines[0]) number += 1
    return renderLine(line, mask, line.isContinued ? undefined : number)
  })}`
}

function renderLine(line: LogLine, mask: Mask, number: number | undefined): Html {
  const { kind, text } = contentOf(line.text, mask)
  const classes = `line ${kind}${line.isContinued ? ' continued' : ''}`.trim()
  return html`<div class="${classes}" id="b${line.at}"><a class="at" href="${number === undefined ? `#b${line.at}` : `#L${number}`}" tabindex="-1" title="Link to this line">${number ?? '·'}</a><span class="text">${text}</span></div>
`
}

/** Masked: text that would show a secret only without its colours loses them. */
function contentOf(line: string, mask: Mask): { kind: string; text: Html } {
  const plain = withoutAnsi(line)
  const masked = mask(plain)
  const kind = kindOf(plain)
  if (masked !== plain) return { kind, text: html`${masked}` }
  const pieces = parseAnsi(line).map(({ text, look }) =>
    look === '' ? text : html`<span class="${look}">${text}</span>`,
  )
  return { kind, text: html`${pieces}` }
}

function kindOf(line: string): string {
  if (/^#> \S+ attempt=\d+ id=\S+$/.test(line)) return 'heading'
  if (/^#[$ ] /.test(line)) return 'recipe'
  if (
    /\b(?:error|fatal|panic|traceback|exception)\b/i.test(line) &&
    !/\b(?:0|no) errors?\b/i.test(line)
  )
    return 'bad'
  return ''
}
