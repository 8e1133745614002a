import { FerryError } from '../core/errors.ts'
import type { Manifest, ManifestPart } from '../formats/manifest.ts'
import { type ObjectUrl, parseObjectUrl, printObjectUrl } from '../formats/object-url.ts'
import type { ObjectInfo } from '../stores/store.ts'
import type { Counted } from '../stores/verify.ts'
import type { NameFilter } from './name-filter.ts'
import type { Selection } from './selection.ts'

/** Holds what is read to a manifest: nothing that it does not vouch for, and all that it does. */
export class ManifestCheck {
  /** As an error calls the manifest. */
  readonly #name: string
  readonly #parts: ReadonlyMap<string, ManifestPart>
  readonly #seen = new Set<string>()

  constructor(manifest: Manifest, name: string) {
    this.#name = name
    this.#parts = new Map(manifest.parts.map(part => [part.url, part]))
  }

  /**
   * What must hold of an object's bytes when they have been read; called before anything is done with
   * them. @throws FerryError MANIFEST_INVALID, now and then
   */
  expect(url: string, object: ObjectInfo): (counted: Counted) => void {
    const part = this.#parts.get(url)
    if (part === undefined) throw this.#refusal(`\`${url}\` is not in the manifest`)
    this.#seen.add(url)
    if (object.size !== part.bytes) {
      throw this.#refusal(
        `\`${url}\` is ${object.size} bytes, not the ${part.bytes} of the manifest`,
      )
    }
    return ({ size, checksums }) => {
      if (size === part.bytes && checksums.crc32c === part.crc32c) return
      throw this.#refusal(`\`${url}\` has another checksum than in the manifest`)
    }
  }

  /** Parts that the selections name, and that `expect` was not asked for: they are not there. */
  *missing(selections: readonly Selection[], filter: NameFilter): Generator<[string, FerryError]> {
    for (const url of this.#parts.keys()) {
      if (this.#seen.has(url)) continue
      if (!selections.some(selection => isNamed(url, selection, filter))) continue
      yield [url, this.#refusal(`\`${url}\` is in the manifest, but not there`)]
    }
  }

  /**
   * All parts, as the selection of a folder that they lie in. @throws FerryError MANIFEST_INVALID
   * where there is no such folder
   */
  selection(): Selection {
    const urls = [...this.#parts.keys()]
    const folder = commonFolder(urls)
    if (folder === undefined) {
      const where = urls.length === 0 ? 'has no parts' : 'has parts in several buckets'
      throw new FerryError('MANIFEST_INVALID', `\`${this.#name}\` ${where}`, {
        hint: 'name the URLs to get beside the manifest',
      })
    }
    const matches = (key: string): boolean => this.#parts.has(printObjectUrl({ ...folder, key }))
    return { kind: 'prefix', url: folder, folderLength: folder.key.length, matches, name: '' }
  }

  #refusal(message: string): FerryError {
    return new FerryError('MANIFEST_INVALID', message, {
      hint: `see whether ${this.#name} belongs to it, and have it written anew if so`,
    })
  }
}

function isNamed(
  text: string,
  { kind, url, folderLength, matches }: Selection,
  filter: NameFilter,
) {
  const key = keyIn(url, text)
  if (key === undefined || kind === 'one') return false // the one that is missing was said already
  return key.startsWith(url.key) && matches(key) && filter(key.slice(folderLength))
}

/** The key of a printed URL in the bucket of another one. */
function keyIn(bucket: ObjectUrl, text: string): string | undefined {
  const start = printObjectUrl({ ...bucket, key: '' })
  if (!text.startsWith(start)) return undefined
  const key = text.slice(start.length)
  return bucket.endpoint === undefined ? key : decodeURIComponent(key)
}

function commonFolder(urls: readonly string[]): ObjectUrl | undefined {
  const [first, ...others] = urls
  if (first === undefined) return undefined
  let folder = first.slice(0, first.lastIndexOf('/') + 1)
  for (const url of others) {
    while (!url.startsWith(folder))
      folder = folder.slice(0, folder.lastIndexOf('/', folder.length - 2) + 1)
  }
  if (!/^(?:\/.|[a-z0-9]+:\/\/[^/]+\/)/.test(folder)) return undefined
  const url = parseObjectUrl(folder, '/')
  return url.bucket === '' ? undefined : url
}
