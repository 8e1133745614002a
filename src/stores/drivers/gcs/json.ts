/** JSON of others: nothing is known of it but what was looked at. */
export type JsonRecord = Readonly<Record<string, unknown>>

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function textIn(record: JsonRecord, name: string): string | undefined {
  const value = record[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Numbers of 64 bits come as text. */
export function countIn(record: JsonRecord, name: string): number | undefined {
  const text = record[name]
  const count = typeof text === 'string' && /^\d+$/.test(text) ? Number(text) : undefined
  return Number.isSafeInteger(count) ? count : undefined
}

/** A list of objects; undefined when it is anything else. One that is left out is empty. */
export function recordsIn(record: JsonRecord, name: string): readonly JsonRecord[] | undefined {
  const list: unknown = record[name] ?? []
  return Array.isArray(list) && list.every(isRecord) ? list : undefined
}
