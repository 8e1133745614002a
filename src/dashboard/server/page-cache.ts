import { promisify } from 'node:util'
import { gzip, gzipSync } from 'node:zlib'
import { VersionCache } from '../../core/version-cache.ts'

const MOST = 192
/** Compressed in 7 ms or less. */
const SMALL_BYTES = 1024 * 1024
/** Larger ones are made for each reader. */
const LARGEST_BYTES = 512 * 1024
/** A page of 700 kB takes 5 ms and 77 kB with it; at level 5, which comes to 60 kB, three to ten times as long. */
export const GZIP_LEVEL = 1

const pack = promisify(gzip)

export interface RenderedPage {
  readonly body: Uint8Array<ArrayBuffer>
  readonly encoding: 'gzip' | undefined
}

/**
 * Pages as they went out, for as long as what they tell of is the same: a hundred readers of one night cost little more
 * than one. Those who ask at the same time share one making.
 */
export class PageCache {
  readonly #pages = new VersionCache<RenderedPage>(MOST)

  get(
    key: string,
    version: string,
    encoding: RenderedPage['encoding'],
    render: () => Promise<{ readonly text: string; readonly isPassing: boolean }>,
  ): Promise<RenderedPage> {
    return this.#pages.get(`${encoding} ${key}`, version, async () => {
      const { text, isPassing } = await render()
      const value = await packed(text, encoding)
      return {
        value,
        isPassing: isPassing || encoding === undefined || value.body.length > LARGEST_BYTES,
      }
    })
  }
}

/** Large ones in a thread of their own, so that others have their turn; small ones take less time than the way there. */
export async function packed(
  text: string,
  encoding: RenderedPage['encoding'],
): Promise<RenderedPage> {
  const bytes = new TextEncoder().encode(text)
  if (encoding === undefined) return { body: bytes, encoding }
  const level = { level: GZIP_LEVEL }
  const body = bytes.length <= SMALL_BYTES ? gzipSync(bytes, level) : await pack(bytes, level)
  return { body: new Uint8Array(body), encoding }
}
