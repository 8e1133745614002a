import { EVENT_COLUMNS, type EventColumn } from '../formats/event-row.ts'

/** An event by column, each as the text that a row of CSV has; empty where it was not given. */
export type EventTexts = Readonly<Record<EventColumn, string>>

/**
 * An event as JSON lines have it: numbers as numbers, parameters as the list that they are; a field
 * that was not given is left out.
 */
export function eventToJson(row: EventTexts): Record<string, unknown> {
  const event: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(row)) {
    if (name === 'parameters') event[name] = JSON.parse(value === '' ? '[]' : value)
    else if (value === '') continue
    else event[name] = name === 'nr' || name === 'sequence' ? Number(value) : value
  }
  return event
}

/** The way back; undefined where a field is of no type that `eventToJson` writes. */
export function eventFromJson(event: object): EventTexts | undefined {
  const texts = new Map<string, string>()
  for (const [name, value] of Object.entries(event) as [string, unknown][]) {
    if (name === 'parameters' && Array.isArray(value)) {
      texts.set(name, value.length === 0 ? '' : JSON.stringify(value))
    } else if (typeof value === 'string') texts.set(name, value)
    else if (typeof value === 'number' && Number.isSafeInteger(value)) texts.set(name, `${value}`)
    else return undefined
  }
  return eventOf(column => texts.get(column) ?? '')
}

/** An event with all its columns, in their order. */
export function eventOf(textOf: (column: EventColumn) => string): EventTexts {
  const row = {} as Record<EventColumn, string> // all columns are set below
  for (const column of EVENT_COLUMNS) row[column] = textOf(column)
  return row
}

const NEEDS_QUOTES = /["\u0001\n\r]/ // oxlint-disable-line no-control-regex

/** The row of CSV (formats/event-row.ts). */
export function eventToRow(event: EventTexts): Buffer {
  const fields = EVENT_COLUMNS.map(column => {
    const text = event[column]
    return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  })
  return Buffer.from(`${fields.join('\u0001')}\n`)
}
