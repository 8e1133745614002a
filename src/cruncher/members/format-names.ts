import type { FieldName } from '../fields/field-name.ts'
import { KNOWN_NAMES, type KnownName } from '../fields/known-names.ts'
import type { MemberFormat } from './member-format.ts'

/** What is known of names in lines of one format. */
export interface FormatNames {
  /** By path, the field and how good the name is for it. */
  readonly ranks: ReadonlyMap<string, KnownName>
  /** Paths of objects within which something is known. */
  readonly prefixes: ReadonlySet<string>
}

/** Users' names first, then those of the format, then what everybody calls them. */
export function formatNames(
  format: MemberFormat,
  users: ReadonlyMap<string, FieldName>,
): FormatNames {
  const ranks = new Map(KNOWN_NAMES)
  for (const [at, [name, field]] of Object.entries(format.fields ?? {}).entries()) {
    ranks.set(name, { field, rank: at - 1_000 })
  }
  for (const [name, field] of users) ranks.set(name, { field, rank: -2_000 })
  const prefixes = new Set(format.keyValueLists)
  for (const name of [...ranks.keys(), ...prefixes]) {
    for (let dot = name.indexOf('.'); dot > 0; dot = name.indexOf('.', dot + 1)) {
      prefixes.add(name.slice(0, dot))
    }
  }
  return { ranks, prefixes }
}
