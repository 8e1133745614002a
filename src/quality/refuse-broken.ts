import type { FerryError } from '../core/errors.ts'

/** A check that passed over what it cannot read would say that all is well. */
export function refuseBroken(error: FerryError): never {
  throw error
}
