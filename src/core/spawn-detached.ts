import { spawn } from 'node:child_process'
import { open } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

export interface DetachedCommand {
  /** Of `ferry`. */
  readonly args: readonly string[]
  readonly directory: string
  /** What it says goes there; what was there before is gone. */
  readonly log: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

/**
 * A pipe that whoever started us left open to us (make's, the tracking shell's) would be held open by
 * the child, and its reader would wait for the child's end. Node cannot close what it inherited.
 */
const CLOSE_AND_RUN = `for fd in /dev/fd/*; do
  fd=\${fd##*/}
  if [[ $fd =~ ^[0-9]+$ && $fd -gt 2 ]]; then eval "exec $fd>&-"; fi
done
exec "$@"`

/** Starts a command of Ferry that outlives this one. Its exit code is null while it runs. */
export async function spawnDetached(
  command: DetachedCommand,
): Promise<{ readonly exitCode: number | null }> {
  const log = await open(command.log, 'w', 0o600)
  try {
    const ferry = [process.execPath, '--disable-warning=ExperimentalWarning', ferryEntry()]
    const child = spawn('bash', ['-c', CLOSE_AND_RUN, 'ferry', ...ferry, ...command.args], {
      cwd: command.directory,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      env: command.environment,
    })
    child.on('error', () => {}) // seen as an exit code of its own
    child.unref()
    return child
  } finally {
    await log.close()
  }
}

/** Ferry's entry: beside the bundle, or in the sources when they run as they are. */
function ferryEntry(): string {
  const entry = import.meta.url.endsWith('.ts') ? '../cli/main.ts' : './ferry.js'
  return fileURLToPath(new URL(entry, import.meta.url))
}
