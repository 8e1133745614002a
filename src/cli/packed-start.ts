import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { constants, Script } from 'node:vm'
import type * as Start from './start.ts'

/** Set by build.ts: a hash of the file that is loaded here. */
declare const FERRY_PACKED_HASH: string

const WEEK_MS = 7 * 86_400_000

/**
 * `start` of the packed program (dist/start.cjs), from V8's code cache: what a command compiled is
 * kept when it ends, so that its next call finds its functions compiled. Node's own compile cache
 * is made before anything has run and lacks most of them, which is half of what a short command
 * costs (docs/performance.md).
 */
export async function start(argv: readonly string[]): Promise<number> {
  const file = fileURLToPath(new URL('./start.cjs', import.meta.url))
  const kept = new CodeCache(argv[0] ?? '')
  const code = kept.read()
  const script = new Script(
    // On one line with the program, whose source map counts lines; esbuild writes ASCII alone.
    `(function (exports, require, module, __filename) {${readFileSync(file, 'latin1')}\n})`,
    {
      filename: file,
      ...(code === undefined ? {} : { cachedData: code }),
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    },
  )
  const packed = { exports: {} as typeof Start } // what src/cli/start.ts exports
  const run = script.runInThisContext() as (...of: readonly unknown[]) => void // the function above
  run(packed.exports, createRequire(file), packed, file)
  try {
    return await packed.exports.start(argv)
  } finally {
    if (code === undefined || script.cachedDataRejected) kept.write(() => script.createCachedData())
  }
}

/**
 * One file for each command, build and version of Node. It only saves time: whatever goes wrong with
 * it, the command runs without.
 */
class CodeCache {
  readonly #folder: string
  readonly #command: string
  readonly #name: string

  constructor(command: string) {
    const home = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
    this.#folder = join(home, 'ferry', 'code')
    this.#command = /^[a-z]{1,20}$/.test(command) ? command : 'other'
    this.#name = `${this.#command}-${process.version}-${FERRY_PACKED_HASH}`
  }

  /** V8 checks that it was made by itself and for a text of that length; the name says of which. */
  read(): Buffer | undefined {
    if (process.env['NODE_DISABLE_COMPILE_CACHE'] !== undefined) return undefined
    try {
      const file = openSync(join(this.#folder, this.#name), 'r')
      try {
        // Whoever may write it decides what runs here: nobody but us.
        return fstatSync(file).uid === process.geteuid?.() ? readFileSync(file) : undefined
      } finally {
        closeSync(file)
      }
    } catch {
      return undefined // none is there yet
    }
  }

  write(make: () => Buffer): void {
    if (process.env['NODE_DISABLE_COMPILE_CACHE'] !== undefined) return
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
      const path = join(this.#folder, this.#name)
      writeFileSync(`${path}.${process.pid}`, make(), { mode: 0o600, flag: 'wx' })
      renameSync(`${path}.${process.pid}`, path)
      this.#removeOld()
    } catch {
      // a full disk, a home that cannot be written: the next call compiles again
    }
  }

  #removeOld(): void {
    for (const name of readdirSync(this.#folder)) {
      if (!name.startsWith(`${this.#command}-`) || name === this.#name) continue
      const path = join(this.#folder, name)
      if (Date.now() - statSync(path).mtimeMs > WEEK_MS) unlinkSync(path)
    }
  }
}
