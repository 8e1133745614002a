import * as fs from 'node:fs'
import { promisify } from 'node:util'

type Awaitable<Result> = Result | Promise<Result>

/** What reading or writing a small file takes, besides the wait for the disk. Files are numbers, as in the kernel. */
export interface FileCalls {
  /** Of a file that must be new. */
  create(path: string): Awaitable<number>
  openFolder(path: string): Awaitable<number>
  /** Does not wait for the other end of a pipe that is named so. */
  openToRead(path: string): Awaitable<number>
  statOpen(file: number): Awaitable<fs.BigIntStats>
  /** Some of the bytes, at a place of the file; returns how many. */
  write(file: number, bytes: Uint8Array, at: number): Awaitable<number>
  close(file: number): Awaitable<void>
  rename(from: string, to: string): Awaitable<void>
  stat(path: string): Awaitable<fs.BigIntStats>
}

const TO_READ = fs.constants.O_RDONLY | fs.constants.O_NONBLOCK

/**
 * Of a disk in this machine: they take microseconds each, and to hand one to a thread and back takes
 * ten times as long.
 */
export const AT_ONCE: FileCalls = {
  create: path => fs.openSync(path, 'wx'),
  openFolder: path => fs.openSync(path, 'r'),
  openToRead: path => fs.openSync(path, TO_READ),
  statOpen: file => fs.fstatSync(file, { bigint: true }),
  write: (file, bytes, at) => fs.writeSync(file, bytes, 0, bytes.length, at),
  close: file => fs.closeSync(file),
  rename: (from, to) => fs.renameSync(from, to),
  stat: path => fs.statSync(path, { bigint: true }),
}

const open = promisify(fs.open)
const write = promisify(fs.write)
const close = promisify(fs.close)
const rename = promisify(fs.rename)
const statOpen = promisify(fs.fstat)

/** Where each may wait for a network, in threads. */
export const IN_THREADS: FileCalls = {
  create: path => open(path, 'wx'),
  openFolder: path => open(path, 'r'),
  openToRead: path => open(path, TO_READ),
  statOpen: file => statOpen(file, { bigint: true }),
  write: async (file, bytes, at) => (await write(file, bytes, 0, bytes.length, at)).bytesWritten,
  close: file => close(file),
  rename: (from, to) => rename(from, to),
  stat: path => fs.promises.stat(path, { bigint: true }),
}

/** `statfs(2)` of Linux has their numbers: ext, XFS, Btrfs, F2FS, ZFS, overlays, memory. */
const LOCAL_DISKS = new Set([
  0xef53, 0x58465342, 0x9123683e, 0xf2f52010, 0x2fc12fc1, 0x794c7630, 0x01021994,
])

/** The calls for files below a folder; threads where it is not there yet, or on what nobody knows. */
export function callsFor(root: string): FileCalls {
  try {
    return LOCAL_DISKS.has(fs.statfsSync(root).type) ? AT_ONCE : IN_THREADS
  } catch {
    return IN_THREADS
  }
}

/** More is handed to a thread on every disk: other transfers go on meanwhile. */
const SMALL_BYTES = 262_144

/** Makes a file of these bytes, and returns when the disk has them. */
export async function writeNewFile(
  calls: FileCalls,
  path: string,
  bytes: Uint8Array,
): Promise<void> {
  const writing = bytes.length > SMALL_BYTES ? IN_THREADS : calls
  const file = await calls.create(path)
  try {
    for (let done = 0; done < bytes.length; ) {
      // In pieces: see `writeAt` of uploads.ts. Short where the disk is nearly full; the next says so.
      done += await writing.write(file, bytes.subarray(done, done + SMALL_BYTES), done)
    }
    await syncToDisk(file)
  } finally {
    await calls.close(file)
  }
}

/** Some of the bytes at a place of a file, which the disk may have to fetch. Always in a thread. */
export const readAt = promisify(fs.read)

/** Returns when the disk has all of a file, or of a folder's names. Always in a thread. */
export const syncToDisk = promisify(fs.fsync)
