import { FerryError } from '../../../core/errors.ts'
import type { DriverOptions } from '../../store-options.ts'
import type { ObjectStore } from '../../store.ts'

export async function open({ url }: DriverOptions): Promise<ObjectStore> {
  throw new FerryError('UNSUPPORTED', `no driver for ${url.scheme}:// yet`)
}
