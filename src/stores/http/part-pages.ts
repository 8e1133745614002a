import { childrenNamed, childText, type XmlElement } from '../../clouds/http/xml.ts'
import type { PartReceipt } from '../store.ts'

interface PartPage {
  readonly parts: readonly PartReceipt[]
  /** The marker of the next page; undefined of the last. */
  readonly next: string | undefined
}

export interface PartReading {
  readonly readPart: (part: XmlElement) => PartReceipt
  readonly broken: (what: string) => Error
}

/**
 * The parts of an upload as S3 lists them, and Google's XML API: page by page, which must go on where
 * the one before ended. `fetch` sends the request for the page behind a marker.
 */
export async function* listPartPages(
  fetch: (marker: string | undefined, read: (root: XmlElement) => PartPage) => Promise<PartPage>,
  { readPart, broken }: PartReading,
): AsyncGenerator<PartReceipt> {
  let marker: string | undefined
  do {
    const before = Number(marker ?? 0)
    const page = await fetch(marker, root => {
      const parts = childrenNamed(root, 'Part').map(readPart)
      const isMore = childText(root, 'IsTruncated') === 'true'
      const next = isMore ? childText(root, 'NextPartNumberMarker') : undefined
      const numbers = [before, ...parts.map(({ number }) => number)]
      const isInOrder = numbers.every((number, at) => at === 0 || number > (numbers[at - 1] ?? 0))
      const goesOn = !isMore || (next !== undefined && Number(next) > before)
      if (!isInOrder || !goesOn) throw broken('its parts do not go on')
      return { parts, next }
    })
    yield* page.parts
    marker = page.next
  } while (marker !== undefined)
}
