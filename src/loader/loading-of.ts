import { FerryError } from '../core/errors.ts'
import type { Engine } from '../databases/engine.ts'
import type { LoadWriter } from '../databases/loading.ts'

/** @throws FerryError UNSUPPORTED when the engine is no warehouse */
export function loadingOf({ name, loading }: Engine): LoadWriter {
  if (loading !== undefined) return loading
  throw new FerryError('UNSUPPORTED', `tables cannot be loaded into \`${name}\``)
}
