import type { ObjectUrl } from '../../formats/object-url.ts'

/** A file that a source names: an object of a store, or what an HTTP server has at a URL. */
export type PulledFile = StoredFile | WebFile

export interface StoredFile {
  readonly kind: 'stored'
  /** As it is called in messages and in what is known of it. */
  readonly name: string
  readonly place: ObjectUrl
  /** Changes when the file does. */
  readonly version: string
}

export interface WebFile {
  readonly kind: 'web'
  readonly name: string
  readonly url: URL
}
