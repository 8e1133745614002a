import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { mysqlEngine } from '../../src/databases/mysql/engine.ts'
import { readAll } from '../../src/databases/read-all.ts'
import { startMariadb } from '../../servers/mariadb.ts'
import { failureOf } from './dialect.contract.ts'

const openssl = (folder: string, ...args: readonly string[]): void => {
  const ran = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' })
  if (ran.status !== 0) throw new Error(ran.stderr)
}

const hasOpenssl = spawnSync('openssl', ['version']).status === 0

test.skipIf(!hasOpenssl)(
  'each ssl-mode encrypts, and looks at the certificate, as it says',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ferry-tls-'))
    const key = ['-newkey', 'rsa:2048', '-nodes', '-days', '2']
    openssl(
      folder,
      'req',
      '-x509',
      ...key,
      '-keyout',
      'ca.key',
      '-out',
      'ca.pem',
      '-subj',
      '/CN=ca',
    )
    openssl(
      folder,
      'req',
      '-x509',
      ...key,
      '-keyout',
      'no.key',
      '-out',
      'no.pem',
      '-subj',
      '/CN=no',
    )
    const signed = ['req', '-x509', ...key, '-CA', 'ca.pem', '-CAkey', 'ca.key']
    const start = async (name: string) => {
      openssl(
        folder,
        ...signed,
        '-keyout',
        `${name}.key`,
        '-out',
        `${name}.pem`,
        '-subj',
        `/CN=${name}`,
        '-addext',
        `subjectAltName=DNS:${name}`,
      )
      return await startMariadb({
        settings: {
          'ssl-ca': join(folder, 'ca.pem'),
          'ssl-cert': join(folder, `${name}.pem`),
          'ssl-key': join(folder, `${name}.key`),
        },
      })
    }
    await using server = await start('db.example')
    await using local = await start('localhost')
    const cipherOf = async (parameters: string, url = server.url): Promise<string> => {
      await using session = await mysqlEngine.open({
        url: `${url}?${parameters}`,
        projectDirectory: '.',
        environment: { HOME: '/nonexistent' },
        signal: new AbortController().signal,
      })
      const [row = []] = await readAll(session, `SHOW STATUS LIKE 'Ssl_cipher'`)
      // A result of many packets comes whole over an encrypted connection, too.
      expect(await readAll(session, 'SELECT seq FROM seq_1_to_20000')).toHaveLength(20_000)
      return String(row[1])
    }
    const ca = (name: string): string => `ssl-ca=${join(folder, name)}`
    expect(await cipherOf('ssl-mode=disabled')).toBe('')
    expect(await cipherOf('ssl-mode=preferred')).not.toBe('')
    expect(await cipherOf('')).not.toBe('')
    expect(await cipherOf('ssl-mode=REQUIRED')).not.toBe('')
    expect(await cipherOf(`ssl-mode=verify-ca&${ca('ca.pem')}`)).not.toBe('')
    expect((await failureOf(cipherOf('ssl-mode=verify-ca'))).code).toBe('DENIED')
    expect((await failureOf(cipherOf(`ssl-mode=verify-ca&${ca('no.pem')}`))).code).toBe('DENIED')
    const byName = (url: string): string => url.replace('127.0.0.1', 'localhost')
    const verified = `ssl-mode=verify-identity&${ca('ca.pem')}`
    expect(await cipherOf(verified, byName(local.url))).not.toBe('')
    expect((await failureOf(cipherOf(verified, byName(server.url)))).code).toBe('DENIED')
    expect((await failureOf(cipherOf(verified, local.url))).code).toBe('CONFIG_INVALID')
    await rm(folder, { recursive: true })
  },
  60_000,
)
