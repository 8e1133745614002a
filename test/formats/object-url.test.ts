import { expect, test } from 'vitest'
import {
  asFolder,
  joinObjectUrl,
  parseObjectUrl,
  printObjectUrl,
} from '../../src/formats/object-url.ts'

const parse = (text: string) => parseObjectUrl(text, '/home/me')

test.each([
  ['s3://bucket/a/b.csv', { scheme: 's3', bucket: 'bucket', key: 'a/b.csv' }],
  ['s3://bucket', { scheme: 's3', bucket: 'bucket', key: '' }],
  ['s3://bucket//a?b#c%20d', { scheme: 's3', bucket: 'bucket', key: '/a?b#c%20d' }],
  ['gs://bucket/x', { scheme: 'gs', bucket: 'bucket', key: 'x' }],
  ['az://box/x/y', { scheme: 'az', bucket: 'box', key: 'x/y' }],
  ['wasbc://box/x', { scheme: 'az', bucket: 'box', key: 'x' }],
  ['wasb://box/x', { scheme: 'az', bucket: 'box', key: 'x' }],
  [
    'wasbs://box@acme.blob.core.windows.net/x y',
    {
      scheme: 'az',
      bucket: 'box',
      key: 'x y',
      account: 'acme',
      endpoint: 'https://acme.blob.core.windows.net',
    },
  ],
  [
    'abfss://box@acme.dfs.core.windows.net/x',
    {
      scheme: 'az',
      bucket: 'box',
      key: 'x',
      account: 'acme',
      endpoint: 'https://acme.blob.core.windows.net',
    },
  ],
  [
    'https://acme.blob.core.windows.net/box/x%20y/%25?sv=1&sig=abc',
    {
      scheme: 'az',
      bucket: 'box',
      key: 'x y/%',
      account: 'acme',
      endpoint: 'https://acme.blob.core.windows.net',
      sas: 'sv=1&sig=abc',
    },
  ],
  ['lake/a.csv', { scheme: 'file', bucket: '/home/me/lake', key: 'a.csv' }],
  ['lake/', { scheme: 'file', bucket: '/home/me/lake', key: '' }],
  ['.', { scheme: 'file', bucket: '/home/me', key: '' }],
  ['..', { scheme: 'file', bucket: '/home', key: '' }],
  ['file:lake/a', { scheme: 'file', bucket: '/home/me/lake', key: 'a' }],
  ['file:///data/a%b', { scheme: 'file', bucket: '/data', key: 'a%b' }],
  ['/data/a:b', { scheme: 'file', bucket: '/data', key: 'a:b' }],
])('%s', (text, url) => expect(parse(text)).toEqual(url))

test.each(['', 'ftp://a/b', 'https://example.com/a', 's3:bucket/a', 'file://elsewhere/a'])(
  '%j is refused',
  text => expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'USAGE' })),
)

test.each([
  's3://bucket/a//b',
  'az://box/a b',
  'gs://bucket/',
  '/data/a',
  'https://acme.blob.core.windows.net/box/a%20b/%25',
])('%s is printed as it is written', text => expect(printObjectUrl(parse(text))).toBe(text))

test('a shared access signature is never printed', () => {
  const url = parse('https://acme.blob.core.windows.net/box/a?sig=secret')
  expect(printObjectUrl(url)).not.toContain('secret')
})

test.each([
  ['lake', 'x/y', '/home/me/lake', 'x/y'],
  ['lake/', 'x', '/home/me/lake', 'x'],
  ['s3://bucket/logs', 'x', 'bucket', 'logs/x'],
  ['s3://bucket/logs/', 'x', 'bucket', 'logs/x'],
  ['s3://bucket', 'x', 'bucket', 'x'],
])('%s with %s under it', (base, path, bucket, key) => {
  expect(joinObjectUrl(parse(base), path)).toMatchObject({ bucket, key })
})

test('a path taken as a folder is the folder', () => {
  expect(asFolder(parse('lake'))).toEqual({ scheme: 'file', bucket: '/home/me/lake', key: '' })
})
