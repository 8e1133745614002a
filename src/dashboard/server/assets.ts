import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { asLocalIoError } from '../../core/errors.ts'

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
}

interface Asset {
  readonly body: Uint8Array<ArrayBuffer>
  readonly type: string
  readonly version: string
}

/** Scripts, styles and pictures of the pages: a few small files, held in memory. */
export class Assets {
  readonly #files: ReadonlyMap<string, Asset>

  private constructor(files: ReadonlyMap<string, Asset>) {
    this.#files = files
  }

  /** Reads what the build put into `dist/web/`. @throws FerryError INPUT_MISSING */
  static async load(folder: URL): Promise<Assets> {
    const path = fileURLToPath(folder)
    const files = new Map<string, Asset>()
    const names = await readdir(path).catch((error: unknown) => {
      throw asLocalIoError(error, path)
    })
    for (const name of names) {
      const type = TYPES[name.split('.').at(-1) ?? '']
      if (type === undefined) continue
      const body = new Uint8Array(await readFile(join(path, name)))
      const version = createHash('sha256').update(body).digest('base64url').slice(0, 12)
      files.set(name, { body, type, version })
    }
    return new Assets(files)
  }

  /** Its address, which changes with what is in it. */
  url(name: string): string {
    return `/assets/${name}?v=${this.#files.get(name)?.version ?? ''}`
  }

  /** Undefined when there is none of that name: a name is looked up, never a path. */
  get(name: string): Asset | undefined {
    return this.#files.get(name)
  }
}
