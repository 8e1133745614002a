import { expect, test } from 'vitest'
import { FerryError } from '../../../src/core/errors.ts'
import { parseObjectUrl } from '../../../src/formats/object-url.ts'
import { readSettings } from '../../../src/clouds/azure/settings.ts'

const KEY = Buffer.alloc(64, 1).toString('base64')
const ACME = {
  AZURE_STORAGE_CONNECTION_STRING: `DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=${KEY};EndpointSuffix=core.windows.net`,
}
const NAMED = { AZURE_STORAGE_ACCOUNT: 'acme', AZURE_STORAGE_KEY: KEY }
const HOME = 'https://acme.blob.core.windows.net/'

type Environment = Readonly<Record<string, string>>

function placeOf(url: string, environment: Environment): [string, string] {
  const { endpoint, authorizer } = readSettings(parseObjectUrl(url, '/'), environment, 'blob')
  return [endpoint.href, authorizer.kind]
}

test.each<[url: string, environment: Environment, endpoint: string, kind: string]>([
  ['az://lake/x', ACME, HOME, 'key'],
  ['azure://lake/x', NAMED, HOME, 'key'],
  ['wasbc://lake/x', { AZURE_STORAGE_ACCOUNT: 'acme', AZURE_STORAGE_ACCESS_KEY: KEY }, HOME, 'key'],
  ['wasbs://lake@acme.blob.core.windows.net/x', ACME, HOME, 'key'],
  ['wasb://lake@acme.blob.core.windows.net/x', { AZURE_STORAGE_KEY: KEY }, HOME, 'key'],
  ['abfss://lake@acme.dfs.core.windows.net/x', NAMED, HOME, 'key'],
  ['https://acme.blob.core.windows.net/lake/x', NAMED, HOME, 'key'],
  ['https://acme.blob.core.windows.net/lake/x?sv=1&sig=2', NAMED, HOME, 'sas'],
  [
    'https://acme.blob.core.chinacloudapi.cn/lake/x',
    {},
    'https://acme.blob.core.chinacloudapi.cn/',
    'token',
  ],
  ['az://lake/x', { AZURE_STORAGE_ACCOUNT: 'acme' }, HOME, 'token'],
  [
    'az://lake/x',
    { AZURE_STORAGE_ACCOUNT: 'acme', AZURE_STORAGE_SAS_TOKEN: '?sv=1&sig=2' },
    HOME,
    'sas',
  ],
  [
    'az://lake/x',
    { AZURE_STORAGE_CONNECTION_STRING: 'UseDevelopmentStorage=true' },
    'http://127.0.0.1:10000/devstoreaccount1',
    'key',
  ],
  [
    'az://lake/x',
    {
      AZURE_STORAGE_CONNECTION_STRING:
        'BlobEndpoint=https://acme.blob.core.windows.net/;SharedAccessSignature=sv=1&sig=2',
    },
    HOME,
    'sas',
  ],
  // Where the account answers is said by the environment, such as for an emulator.
  [
    'wasbs://lake@acme.blob.core.windows.net/x',
    {
      AZURE_STORAGE_CONNECTION_STRING: `AccountName=acme;AccountKey=${KEY};BlobEndpoint=http://127.0.0.1:10000/acme`,
    },
    'http://127.0.0.1:10000/acme',
    'key',
  ],
])('%s with %o', (url, environment, endpoint, kind) => {
  expect(placeOf(url, environment)).toEqual([endpoint, kind])
})

test.each([
  ['of a connection string', ACME],
  ['of an account that is named', NAMED],
])('the key %s goes to no other account', (_, environment) => {
  const [endpoint, kind] = placeOf('https://other.blob.core.windows.net/lake/x', environment)
  expect([endpoint, kind]).toEqual(['https://other.blob.core.windows.net/', 'token'])
})

test.each<[what: string, environment: Environment]>([
  ['no account', {}],
  [
    'a connection string without an account',
    { AZURE_STORAGE_CONNECTION_STRING: `AccountKey=${KEY}` },
  ],
  [
    'an endpoint that is no URL',
    { AZURE_STORAGE_CONNECTION_STRING: `AccountName=a;AccountKey=${KEY};BlobEndpoint=nowhere` },
  ],
  ['a key that is no base64', { AZURE_STORAGE_ACCOUNT: 'acme', AZURE_STORAGE_KEY: 'my secret!' }],
])('%s is a configuration to correct, and no secret is told', (_, environment) => {
  let error: unknown
  try {
    placeOf('az://lake/x', environment)
  } catch (thrown) {
    error = thrown
  }
  expect(error).toBeInstanceOf(FerryError)
  expect(error).toMatchObject({ code: 'CONFIG_INVALID', hint: expect.any(String) })
  expect(JSON.stringify([String(error), error])).not.toMatch(/my secret|AQEB/)
})
