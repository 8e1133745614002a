import { FerryError } from '../../core/errors.ts'
import { TEXT_FIELDS } from '../record.ts'
import { compileFilter } from './compile-filter.ts'
import type { Filter } from './filter.ts'
import { type Locate, locateAttribute, locateField, TextPlace } from './text-place.ts'
import { hashOf } from './text-tests.ts'

export interface SampleRule {
  /** A text field, or `attributes.NAME`. */
  readonly by: string
  /** From 0 to 1. */
  readonly share: number
  /** Which records the rule is for; without, all. */
  readonly where?: string | undefined
}

/**
 * Keeps all records of a share of the keys, and none of the others: which keys those are hangs on the
 * keys alone, so that every run and every file chooses the same. Records without a key are kept.
 * @throws FerryError CONFIG_INVALID
 */
export function compileSample({ by, share, where }: SampleRule): Filter {
  const locate = locateKey(by)
  const isMeant = where === undefined ? undefined : compileFilter(where)
  const place = new TextPlace()
  const limit = share * 2 ** 32
  return (record, route) => {
    if (isMeant !== undefined && !isMeant(record, route)) return true
    return !locate(record, place) || hashOf(place.bytes, place.from, place.to) < limit
  }
}

function locateKey(by: string): Locate {
  const field = TEXT_FIELDS.findIndex(known => known === by)
  if (field >= 0) return locateField(field)
  if (by.startsWith('attributes.')) return locateAttribute(by.slice('attributes.'.length))
  throw new FerryError('CONFIG_INVALID', `\`${by}\` is no field that is a text`, {
    hint: `write one of ${TEXT_FIELDS.join(', ')}, or attributes.NAME`,
  })
}
