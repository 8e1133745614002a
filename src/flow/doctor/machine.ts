import { access, constants, mkdtemp, readFile, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { askTool, type ToolOptions } from './ask-tool.ts'
import { type Diagnosis, diagnose, type Remedy } from './diagnosis.ts'

/** sun_path of Linux holds 108 bytes, with a zero at the end. */
const MAX_SOCKET_PATH_BYTES = 107
/** The longest name that Ferry gives a socket below `.ferry/`, with some room. */
const SOCKET_NAME_BYTES = 24
const GIGABYTE = 1e9

export interface MachineOptions extends ToolOptions {
  /** The project, or the folder at hand. */
  readonly directory: string
  readonly timeZone: string
  readonly now: Date
  readonly nodePath: string
  /** Where the program's own packages are found: import.meta.url of a file of it. */
  readonly moduleUrl: string
}

/** What a night needs of the system under it. */
export async function diagnoseMachine(options: MachineOptions): Promise<Diagnosis[]> {
  return Promise.all([
    proc(),
    timeZoneData(options),
    diskSpace(options.directory),
    clock(options.now),
    Promise.resolve(locale(options.environment)),
    sockets(options.directory),
    embeddedWarehouse(options),
  ])
}

async function proc(): Promise<Diagnosis> {
  const found = await readFile('/proc/self/stat', 'utf8').catch(() => undefined) // absent: that is the finding
  return found === undefined
    ? diagnose('machine', '/proc', 'not there', {
        remedy: 'run on Linux, with /proc mounted: the tracking shell watches its commands there',
      })
    : diagnose('machine', '/proc', 'readable')
}

/** `date`, which recipes call, must know the zone as Node does. */
async function timeZoneData(options: MachineOptions): Promise<Diagnosis> {
  const { timeZone } = options
  const item = (found: string, problem?: Remedy) =>
    diagnose('machine', 'time zone data', found, problem)
  const environment = { ...options.environment, TZ: timeZone }
  const at = ['2026-01-15T12:00:00Z', '2026-07-15T12:00:00Z']
  const said = await Promise.all(
    at.map(moment => askTool(['date', '-d', moment, '+%F %H:%M'], { ...options, environment })),
  )
  const ours = at.map(moment =>
    new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(
      new Date(moment),
    ),
  )
  if (said.every((answer, index) => answer?.said === ours[index])) return item(timeZone)
  return item(`date does not know ${timeZone}`, {
    state: 'warning',
    remedy: 'apt-get install tzdata',
  })
}

async function diskSpace(directory: string): Promise<Diagnosis> {
  const { bavail, bsize } = await statfs(directory)
  const free = (bavail * bsize) / GIGABYTE
  const found = `${free.toFixed(1)} GB free`
  if (free >= 2) return diagnose('machine', 'disk space', found)
  return diagnose('machine', 'disk space', found, {
    state: free < 0.1 ? 'missing' : 'warning',
    remedy: 'free some space: a night keeps what it dumps, loads and logs (df -h shows where)',
  })
}

/** make compares time stamps: the disk's clock and ours must be one. */
async function clock(now: Date): Promise<Diagnosis> {
  const folder = await mkdtemp(join(tmpdir(), 'ferry-doctor-'))
  try {
    const before = Date.now()
    await writeFile(join(folder, 'stamp'), '')
    const { mtimeMs } = await stat(join(folder, 'stamp'))
    const found = now.toISOString()
    const remedy = 'set the clock, and keep it set: apt-get install chrony'
    if (now.getUTCFullYear() < 2025 || now.getUTCFullYear() > 2100) {
      return diagnose('machine', 'clock', found, { remedy })
    }
    if (Math.abs(mtimeMs - before) > 2_000) {
      const apart = `new files are ${Math.round((mtimeMs - before) / 1_000)} s off the clock`
      return diagnose('machine', 'clock', apart, { remedy })
    }
    return diagnose('machine', 'clock', found)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function locale(environment: MachineOptions['environment']): Diagnosis {
  const name = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG'] || ''
  if (/utf-?8/i.test(name)) return diagnose('machine', 'UTF-8 locale', name)
  return diagnose('machine', 'UTF-8 locale', name === '' ? 'none set' : name, {
    state: 'warning',
    remedy: 'export LANG=C.UTF-8 (in the crontab too)',
  })
}

async function sockets(directory: string): Promise<Diagnosis> {
  const item = (found: string, problem?: Remedy) =>
    diagnose('machine', 'Unix sockets', found, problem)
  const bytes = Buffer.byteLength(join(directory, '.ferry')) + 1 + SOCKET_NAME_BYTES
  const remedy = 'move the project to a shorter path: the embedded warehouse listens in .ferry/'
  if (bytes > MAX_SOCKET_PATH_BYTES) {
    return item(`${bytes} bytes of path; a socket takes ${MAX_SOCKET_PATH_BYTES}`, { remedy })
  }
  const existing = join(directory, '.ferry')
  const folder = await access(existing, constants.W_OK).then(
    () => existing,
    () => undefined, // not made yet, or not ours: the folders are another item's
  )
  const own = folder ?? (await mkdtemp(join(tmpdir(), 'ferry-doctor-')))
  try {
    await listenOnce(join(own, `doctor-${process.pid}.sock`))
    return item('possible')
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    return item(said, { remedy: 'put the project on a file system of this machine' })
  } finally {
    if (folder === undefined) await rm(own, { recursive: true, force: true })
  }
}

/** Listens and stops; the socket file goes with it. */
async function listenOnce(path: string): Promise<void> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(path, resolve)
  })
  await new Promise(resolve => server.close(resolve))
}

/** In a process of its own: what does not load may well not fail politely. */
async function embeddedWarehouse(options: MachineOptions): Promise<Diagnosis> {
  const script = `
    const { createRequire } = require('node:module')
    const binding = createRequire(process.argv[1])('@duckdb/node-api')
    console.log(binding.version())`
  const answer = await askTool(
    [options.nodePath, '-e', script, pathToFileURL(new URL(options.moduleUrl).pathname).href],
    options,
  )
  if (answer?.ok === true) return diagnose('machine', 'embedded warehouse', `DuckDB ${answer.said}`)
  return diagnose('machine', 'embedded warehouse', 'DuckDB does not load', {
    remedy: 'install again, with optional packages: npm install --include=optional',
  })
}
