/**
 * Debian's Chromium without a window, unpacked with the libraries that the machine lacks into
 * `.tools/chromium` of this project: 280 MB, once.
 */
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { TOOLS, unpackInto } from './debian-packages.ts'

export interface ChromiumPackage {
  readonly program: string
  /** For LD_LIBRARY_PATH. */
  readonly libraries: string
}

/** @throws Error when this machine is no Debian, or its mirror does not answer */
export async function findChromium(): Promise<ChromiumPackage> {
  const home = join(TOOLS, 'chromium')
  if (!existsSync(home)) await unpackInto(home, { fetch: [], need: ['chromium-headless-shell'] })
  const lib = join(home, 'usr/lib')
  const machine = (await readdir(lib)).find(name => name.endsWith('-linux-gnu')) ?? ''
  const folders = [join(lib, machine), join(lib, machine, 'pulseaudio')]
  return {
    program: join(lib, 'chromium/chromium-headless-shell'),
    libraries: folders.join(':'),
  }
}
