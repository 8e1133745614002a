import { enableCompileCache } from 'node:module'
import packageFile from '../../package.json' with { type: 'json' }

const NODE_NEEDED = 24

/**
 * Commands that write many files, each of which waits for the disk in one of libuv's threads: with
 * the usual four, small objects wait for each other. docs/performance.md has the figures.
 */
const COPYING = new Set(['put', 'get', 'cp', 'mv', 'sync'])
const COPYING_THREADS = '16'

/** Answers `--version` before anything is loaded; everything else comes in by need. */
async function main(argv: readonly string[]): Promise<void> {
  if (Number.parseInt(process.versions.node, 10) < NODE_NEEDED) {
    process.stderr.write(
      `ferry: error: Node ${NODE_NEEDED} or newer is needed, this is ${process.versions.node}\n`,
    )
    process.exitCode = 78
    return
  }
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    process.stdout.write(`${packageFile.version}\n`)
    return
  }
  // Read when the first thread is needed.
  if (COPYING.has(argv[0] ?? '')) process.env['UV_THREADPOOL_SIZE'] ??= COPYING_THREADS
  enableCompileCache()
  const { start } = await import('./start.ts')
  process.exitCode = await start(argv)
}

await main(process.argv.slice(2))
