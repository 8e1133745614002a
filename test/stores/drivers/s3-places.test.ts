import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FerryError } from '../../../src/core/errors.ts'
import { openStore } from '../../../src/stores/open-store.ts'
import { startScripted } from '../../support/scripted-server.ts'
import { silent } from '../../support/silent-logger.ts'

const KEYS = { AWS_ACCESS_KEY_ID: 'AKIATEST', AWS_SECRET_ACCESS_KEY: 'a-secret-key' }
const { signal } = new AbortController()
let home = ''

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'ferry-s3-home-'))
  const config = `
[default]
region = ap-south-1
[profile minio]
region = here
endpoint_url = https://minio.example:9000
[profile virtual]
endpoint_url = https://oss.example
s3 =
  addressing_style = virtual
[profile parted]
services = mine
[services mine]
s3 =
  endpoint_url = https://s3.parted.example
`
  await writeFile(join(home, 'config'), config)
  const credentials = '[minio]\naws_access_key_id = AKIAFILE\naws_secret_access_key = of-the-file\n'
  await writeFile(join(home, 'credentials'), credentials)
})

afterAll(() => rm(home, { recursive: true }))

type Environment = Readonly<Record<string, string>>

function fromFiles(environment: Environment): Environment {
  return {
    AWS_CONFIG_FILE: join(home, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(home, 'credentials'),
    ...environment,
  }
}

async function presigned(bucket: string, key: string, environment: Environment): Promise<URL> {
  const url = { scheme: 's3', bucket, key: '' } as const
  await using store = await openStore(url, { environment, logger: silent })
  return new URL(await store.presign(key, { method: 'GET', expiresInS: 60, signal }))
}

/** No file of the machine's own must be read. */
const NOWHERE = { AWS_CONFIG_FILE: '/nowhere', AWS_SHARED_CREDENTIALS_FILE: '/nowhere' }

describe('where a bucket is looked for', () => {
  const IRELAND = { AWS_REGION: 'eu-west-1' }
  const MINIO = { AWS_ENDPOINT_URL: 'http://minio:9000' }
  test.each<[what: string, bucket: string, environment: Environment, expected: string]>([
    ['no region', 'logs', {}, 'https://logs.s3.us-east-1.amazonaws.com/'],
    ['a region', 'logs', IRELAND, 'https://logs.s3.eu-west-1.amazonaws.com/'],
    ['the older name', 'logs', { AWS_DEFAULT_REGION: 'eu-west-1' }, 'https://logs.s3.eu-west-1.'],
    ['China', 'logs', { AWS_REGION: 'cn-north-1' }, 'https://logs.s3.cn-north-1.amazonaws.com.cn/'],
    ['a name with dots', 'a.b', IRELAND, 'https://s3.eu-west-1.amazonaws.com/a.b/'],
    ['a name of the old days', 'My_Logs', IRELAND, 'https://s3.eu-west-1.amazonaws.com/My_Logs/'],
    ['FIPS', 'logs', { AWS_USE_FIPS_ENDPOINT: 'true' }, 'https://logs.s3-fips.us-east-1.'],
    [
      'IPv6',
      'logs',
      { AWS_USE_DUALSTACK_ENDPOINT: 'true' },
      'https://logs.s3.dualstack.us-east-1.',
    ],
    ['an endpoint', 'logs', MINIO, 'http://minio:9000/logs/'],
    ['its path', 'logs', { AWS_ENDPOINT_URL: 'https://h/s3/' }, 'https://h/s3/logs/'],
    ['one for S3 alone', 'b', { ...MINIO, AWS_ENDPOINT_URL_S3: 'https://s3.h' }, 'https://s3.h/b/'],
    [
      'endpoints are not wanted',
      'logs',
      { ...MINIO, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' },
      'https://logs.s3.us-east-1.amazonaws.com/',
    ],
  ])('with %s', async (_, bucket, environment, expected) => {
    const { href } = await presigned(bucket, 'x', { ...KEYS, ...NOWHERE, ...environment })
    expect(href.startsWith(expected), href).toBe(true)
  })

  test.each<[profile: string | undefined, expected: string]>([
    [undefined, 'https://logs.s3.ap-south-1.amazonaws.com/'],
    ['minio', 'https://minio.example:9000/logs/'],
    ['virtual', 'https://logs.oss.example/'],
    ['parted', 'https://s3.parted.example/logs/'],
  ])('with the profile %s', async (profile, expected) => {
    const named = profile === undefined ? {} : { AWS_PROFILE: profile }
    const { href } = await presigned('logs', 'x', fromFiles({ ...KEYS, ...named }))
    expect(href.startsWith(expected), href).toBe(true)
  })

  test('an endpoint that is no URL is a wrong configuration, and is not shown', async () => {
    const environment = { ...KEYS, AWS_ENDPOINT_URL: 'minio:9000/hidden' }
    const error = await presigned('logs', 'x', environment).catch((error: unknown) => error)
    expect(error).toMatchObject({ code: 'CONFIG_INVALID' })
    expect(String(error)).not.toContain('hidden')
  })
})

describe('who asks', () => {
  const keyOf = (url: URL): string | undefined =>
    url.searchParams.get('X-Amz-Credential')?.split('/')[0]

  test('keys of the environment come before those of a profile', async () => {
    const url = await presigned('logs', 'x', fromFiles({ ...KEYS, AWS_PROFILE: 'minio' }))
    expect(keyOf(url)).toBe('AKIATEST')
  })

  test('a profile of the files', async () => {
    const url = await presigned('logs', 'x', fromFiles({ AWS_PROFILE: 'minio' }))
    expect(keyOf(url)).toBe('AKIAFILE')
  })

  test('a session’s token goes along', async () => {
    const environment = { ...KEYS, ...NOWHERE, AWS_SESSION_TOKEN: 'a-token' }
    const url = await presigned('logs', 'x', environment)
    expect(url.searchParams.get('X-Amz-Security-Token')).toBe('a-token')
  })

  test('without any, the error says what to set', async () => {
    const environment = fromFiles({ AWS_PROFILE: 'absent' })
    await expect(presigned('logs', 'x', environment)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      hint: expect.stringContaining('AWS_ACCESS_KEY_ID') as unknown,
    })
  })

  test('no error shows a key, a token or a signature', async () => {
    await using server = await startScripted(({ number }) => {
      const body = '<Error><Code>SignatureDoesNotMatch</Code><Message>no</Message></Error>'
      return number % 2 === 0 ? { status: 403, body } : 'reset'
    })
    const environment = {
      ...KEYS,
      ...NOWHERE,
      AWS_ENDPOINT_URL: server.url,
      AWS_SESSION_TOKEN: 'a-token',
    }
    const retry = { maxAttempts: 1, firstDelayMs: 1, maxDelayMs: 1, maxElapsedMs: 1_000 }
    const url = { scheme: 's3', bucket: 'logs', key: '' } as const
    await using store = await openStore(url, { environment, logger: silent, retry })
    for (let turn = 0; turn < 2; turn++) {
      const error = await store.read('x', { signal }).catch((error: unknown) => error)
      expect(error).toBeInstanceOf(FerryError)
      const { message, hint, details, cause } = error as FerryError
      const shown = JSON.stringify([message, hint, details, String(cause)])
      expect(shown).not.toMatch(/a-secret-key|a-token|Signature=|AKIATEST/)
    }
  })
})

test('a presigned URL is good for 7 days at most', async () => {
  const url = { scheme: 's3', bucket: 'logs', key: '' } as const
  const environment = { ...KEYS, ...NOWHERE }
  await using store = await openStore(url, { environment, logger: silent })
  const options = { method: 'GET', expiresInS: 604_801, signal } as const
  await expect(store.presign('x', options)).rejects.toMatchObject({ code: 'USAGE' })
})
