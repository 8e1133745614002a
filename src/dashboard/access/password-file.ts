import { randomBytes, scrypt, type ScryptOptions, timingSafeEqual } from 'node:crypto'
import { chmod } from 'node:fs/promises'
import { readIfPresent, writeFileAtomically } from '../../core/atomic-write.ts'
import { FerryError } from '../../core/errors.ts'

/**
 * The file of those who may read: a line a user, `NAME:scrypt:N:R:P:SALT:HASH`, salt and hash in
 * base64. Lines that begin with `#` are left alone.
 */
const COST = { N: 32_768, r: 8, p: 1 } as const
const HASH_BYTES = 32
const NAME = /^[A-Za-z0-9][\w.@+-]{0,63}$/
const SHORTEST_PASSWORD = 10
const LONGEST_PASSWORD = 200

/** Adds a user, or gives one a new password. @throws FerryError USAGE for a name or password that will not do */
export async function setPassword(path: string, name: string, password: string): Promise<void> {
  if (!NAME.test(name)) {
    throw new FerryError('USAGE', `\`${name}\` is not a name of letters, digits and . _ @ + -`)
  }
  if (password.length < SHORTEST_PASSWORD || password.length > LONGEST_PASSWORD) {
    throw new FerryError(
      'USAGE',
      `a password has from ${SHORTEST_PASSWORD} to ${LONGEST_PASSWORD} characters`,
    )
  }
  const salt = randomBytes(16)
  const hash = await derive(password, salt, COST)
  const fields = [
    'scrypt',
    COST.N,
    COST.r,
    COST.p,
    salt.toString('base64'),
    hash.toString('base64'),
  ]
  await rewrite(path, name, [`${name}:${fields.join(':')}`])
}

/** @throws FerryError INPUT_MISSING when there is no such user */
export async function removeUser(path: string, name: string): Promise<void> {
  const text = (await readIfPresent(path)) ?? ''
  if (!text.split('\n').some(line => line.startsWith(`${name}:`))) {
    throw new FerryError('INPUT_MISSING', `\`${path}\` has no user \`${name}\``)
  }
  await rewrite(path, name, [])
}

async function rewrite(path: string, name: string, lines: readonly string[]): Promise<void> {
  const before = ((await readIfPresent(path)) ?? '').split('\n')
  const kept = before.filter(line => line !== '' && !line.startsWith(`${name}:`))
  await writeFileAtomically(path, `${[...kept, ...lines].join('\n')}\n`)
  await chmod(path, 0o600)
}

/** Whether it is the password of the user. Takes as long for a user that there is not. */
export async function isPassword(path: string, name: string, password: string): Promise<boolean> {
  if (password.length > LONGEST_PASSWORD) return false
  const text = (await readIfPresent(path)) ?? ''
  const line = text.split('\n').find(one => NAME.test(name) && one.startsWith(`${name}:`))
  const [, kind, n, r, p, salt = '', hash = ''] = (
    line ?? `x:scrypt:${COST.N}:8:1:AAAA:AAAA`
  ).split(':')
  if (kind !== 'scrypt')
    throw new FerryError('CONFIG_INVALID', `\`${path}\`: a line is not of scrypt`)
  const expected = Buffer.from(hash, 'base64')
  const cost = { N: Number(n), r: Number(r), p: Number(p) }
  const found = await derive(password, Buffer.from(salt, 'base64'), cost)
  return line !== undefined && found.length === expected.length && timingSafeEqual(found, expected)
}

function derive(password: string, salt: Buffer, cost: ScryptOptions): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  const options = { ...cost, maxmem: 256 * 1024 * 1024 }
  scrypt(password.normalize('NFKC'), salt, HASH_BYTES, options, (error, key) =>
    error === null ? resolve(key) : reject(error),
  )
  return promise
}
