import type { Recognition } from './member-format.ts'
import { ESCAPED_TEXT, LIST, NUMBER, OBJECT, TEXT } from './members.ts'

/** What the value of a member must be for a line to be of a way. */
export interface Condition {
  readonly member: number
  /** Kinds of values it may be of; none: any. */
  readonly kinds: readonly number[] | undefined
  readonly values: readonly Uint8Array[] | undefined
}

const KINDS: Readonly<Record<string, readonly number[]>> = {
  number: [NUMBER],
  text: [TEXT, ESCAPED_TEXT],
  object: [OBJECT],
  list: [LIST],
}

/** Conditions on members, by their places. */
export function conditionsOf(
  way: Recognition,
  here: ReadonlyMap<string, number>,
): readonly Condition[] {
  const names = new Set([...Object.keys(way.kinds ?? {}), ...Object.keys(way.values ?? {})])
  return [...names].map(name => ({
    member: here.get(name) ?? -1,
    kinds: KINDS[way.kinds?.[name] ?? ''],
    values: way.values?.[name]?.map(value => Buffer.from(value)),
  }))
}

/** Members by their places: Members, or a Scanner. */
interface Values {
  readonly kind: Uint8Array
  readonly valueFrom: Int32Array
  readonly valueTo: Int32Array
}

export function areMet(
  conditions: readonly Condition[],
  members: Values,
  bytes: Uint8Array,
): boolean {
  for (const { member, kinds, values } of conditions) {
    if (kinds !== undefined && !kinds.includes(members.kind[member] ?? 0)) return false
    if (values === undefined) continue
    const from = members.valueFrom[member] ?? 0
    const to = members.valueTo[member] ?? 0
    if (!values.some(value => isEqual(value, bytes, from, to))) return false
  }
  return true
}

function isEqual(value: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  if (value.length !== to - from) return false
  for (let at = 0; at < value.length; at++) if (value[at] !== bytes[from + at]) return false
  return true
}
