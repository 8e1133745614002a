import { execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cloud, startS3Cloud } from '../../support/cloud.ts'
import { readTree } from '../../support/file-tree.ts'
import { runFerry } from '../../support/run-ferry.ts'

/** A disk as of a camera, by a program of the system's: where that is, and root runs the tests. */
const MAKE = '/usr/sbin/mkfs.exfat'
const MOUNT = '/usr/sbin/mount.exfat-fuse'
const canMount = process.getuid?.() === 0 && [MAKE, MOUNT, '/dev/fuse'].every(existsSync)
const DISK_BYTES = 33_554_432

describe.runIf(canMount)('where case tells no names apart', () => {
  let folder: string
  let disk: string
  let device: string
  let cloud: Cloud
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ferry-case-'))
    disk = join(folder, 'disk')
    await mkdir(disk)
    const image = join(folder, 'image')
    await writeFile(image, '')
    await truncate(image, DISK_BYTES)
    run(MAKE, image)
    device = run('losetup', '-f', '--show', image).trim()
    // In the foreground: as a daemon it dies of two requests at once.
    spawn(MOUNT, ['-d', device, disk], { stdio: 'ignore' })
    while (!(await readFile('/proc/mounts', 'utf8')).includes(disk)) await sleep(20)
    cloud = await startS3Cloud()
  }, 60_000)
  afterAll(async () => {
    await cloud[Symbol.asyncDispose]()
    run('umount', disk)
    run('losetup', '-d', device)
    await rm(folder, { recursive: true })
  })

  const objectsIn = async (name: string) => withoutLocks(await readTree(join(disk, name)))

  test('of objects that differ in case alone one arrives, and the others are told', async () => {
    const keys = ['Report.csv', 'report.csv', 'A/x', 'a/x', 'other']
    const signal = AbortSignal.timeout(20_000)
    for (const key of keys) await cloud.store.put(key, Buffer.from(`of ${key}`), { signal })
    const env = { ...cloud.env, XDG_CACHE_HOME: join(folder, '.cache') }
    for (const command of ['get -r', 'get -r', 'sync', 'cp -r']) {
      const { code, stderr } = await runFerry([...command.split(' '), cloud.url, `${disk}/out/`], {
        cwd: folder,
        env,
      })
      expect([command, code]).toEqual([command, 65])
      expect(stderr.match(/cannot be written: case tells no names apart here/g)).toHaveLength(2)
      const out = Object.entries(await objectsIn('out'))
      const names = out.map(([name]) => name.toLowerCase()).sort()
      expect(names).toEqual(['a/x', 'other', 'report.csv'])
      for (const [name, content] of out) {
        if (name.toLowerCase() === 'report.csv') expect(content).toBe(`of ${name}`)
      }
    }
  })

  test('an object replaces itself', async () => {
    const env = { ...cloud.env, XDG_CACHE_HOME: join(folder, '.cache') }
    for (let time = 0; time < 2; time++) {
      const got = await runFerry(['get', `${cloud.url}Report.csv`, `${disk}/again/`], {
        cwd: folder,
        env,
      })
      expect(got).toMatchObject({ code: 0, stderr: '' })
    }
    expect(await objectsIn('again')).toEqual({ 'Report.csv': 'of Report.csv' })
  })

  test('--skip-existing makes what is new, and leaves the rest', async () => {
    const env = { ...cloud.env, XDG_CACHE_HOME: join(folder, '.cache') }
    for (const said of ['done', 'exists']) {
      const args = ['get', `${cloud.url}other`, `${disk}/skipped/`, '--skip-existing', '--json']
      const { code, stdout } = await runFerry(args, { cwd: folder, env })
      expect([code, stdout]).toEqual([0, expect.stringContaining(said)])
    }
  })
})

/** A disk without links keeps locks in their place. */
const withoutLocks = (tree: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(tree).filter(([name]) => !name.endsWith('.ferry-upload-lock')))

const run = (program: string, ...args: string[]): string =>
  execFileSync(program, args, { stdio: ['ignore', 'pipe', 'inherit'] }).toString()
