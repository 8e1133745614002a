import { FerryError } from '../core/errors.ts'
import { nearestName } from '../core/nearest.ts'
import { type ObjectUrl, printObjectUrl } from '../formats/object-url.ts'
import type { ObjectStore, PutOptions } from '../stores/store.ts'

/** What is kept with an object besides its bytes. */
export type StorageSettings = Omit<PutOptions, 'signal' | 'condition'>

/** Says what a store cannot keep before anything is sent to it. @throws FerryError UNSUPPORTED */
export function assertSettings(
  { capabilities }: ObjectStore,
  url: ObjectUrl,
  { contentType, contentEncoding, metadata, storageClass }: StorageSettings,
): void {
  const place = printObjectUrl(url)
  const isDescribed = [contentType, contentEncoding, metadata].some(one => one !== undefined)
  if (isDescribed && !capabilities.metadata) {
    throw new FerryError('UNSUPPORTED', `\`${place}\` keeps no content type and no metadata`, {
      hint: 'leave out --content-type and --metadata: files have no place for them',
    })
  }
  const { storageClasses } = capabilities
  if (storageClass === undefined || storageClasses.includes(storageClass)) return
  const near = nearestName(storageClass, storageClasses)
  const known = storageClasses.length === 0 ? 'there are none' : storageClasses.join(', ')
  throw new FerryError('UNSUPPORTED', `\`${place}\` has no storage class \`${storageClass}\``, {
    hint: near === undefined ? known : `did you mean \`${near}\`? There are: ${known}`,
  })
}
