import { homedir } from 'node:os'
import { basename, dirname, resolve } from 'node:path'
import { FerryError } from '../core/errors.ts'
import { maskUrl } from '../core/mask-url.ts'

/** Where an object, or what lies under a prefix, is. */
export interface ObjectUrl {
  readonly scheme: 'file' | 's3' | 'az' | 'gs'
  /** A bucket, a container, or the absolute path of a folder. Empty for a service's root. */
  readonly bucket: string
  /** A key or a prefix; may be empty. Literal: nothing in it is escaped. */
  readonly key: string
  /** Azure: the storage account, where the URL names it. */
  readonly account?: string
  /** Azure: where the account answers, where the URL names it (`https://acme.blob.core...`). */
  readonly endpoint?: string
  /** Azure: a shared access signature that the URL carries. Secret; never printed. */
  readonly sas?: string
}

/**
 * Parses a URL or a path of a store:
 *
 *     file:path  file:///path  path      a trailing `/` (or an empty name) says that it is a folder
 *     s3://bucket/key
 *     az://container/blob  wasbc://container/blob
 *     wasb[s]://container@account.blob.core.windows.net/blob, and with `.dfs.`: abfs[s]://
 *     https://account.blob.core.windows.net/container/blob?SAS      (the path is percent-encoded)
 *     gs://bucket/object
 *
 * Relative paths start in `directory`. @throws FerryError USAGE
 */
export function parseObjectUrl(text: string, directory: string): ObjectUrl {
  if (text === '') throw new FerryError('USAGE', 'an empty URL names no store')
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*):(.*)$/s.exec(text) ?? []
  switch (scheme) {
    case '':
      return fileUrl(text, directory)
    case 'file':
      return fileUrl(decodeFilePath(rest), directory)
    case 's3':
      return { scheme: 's3', ...bucketAndKey(text, rest) }
    case 'gs':
      return { scheme: 'gs', ...bucketAndKey(text, rest) }
    case 'az':
    case 'azure':
    case 'wasbc':
      return { scheme: 'az', ...bucketAndKey(text, rest) }
    case 'wasb':
    case 'wasbs':
    case 'abfs':
    case 'abfss':
      return hadoopUrl(text, rest)
    case 'http':
    case 'https':
      return azureUrl(text)
    default:
      throw new FerryError('USAGE', `\`${maskUrl(text)}\` is no URL of a store`, {
        hint: 'it starts with s3://, az://, gs:// or file:, or is a path (./NAME when it has a colon)',
      })
  }
}

/** The same place as text, in the shortest spelling that parses to it. Holds no secret. */
export function printObjectUrl(url: ObjectUrl): string {
  if (url.scheme === 'file') return `${url.bucket.replace(/\/$/, '')}/${url.key}`
  if (url.endpoint !== undefined) {
    const path = [url.bucket, ...url.key.split('/')].map(encodeURIComponent).join('/')
    return `${url.endpoint}/${path}`
  }
  return url.bucket === '' ? `${url.scheme}://` : `${url.scheme}://${url.bucket}/${url.key}`
}

/** What lies under a URL: `./lake` is then the folder, not a file in the folder above it. */
export function asFolder(url: ObjectUrl): ObjectUrl {
  if (url.scheme === 'file') return { ...url, bucket: resolve(url.bucket, url.key), key: '' }
  return url.key === '' || url.key.endsWith('/') ? url : { ...url, key: `${url.key}/` }
}

/** The URL of `path` under another URL, whether or not that ends in `/`. */
export function joinObjectUrl(base: ObjectUrl, path: string): ObjectUrl {
  const folder = asFolder(base)
  return { ...folder, key: `${folder.key}${path}` }
}

function fileUrl(path: string, directory: string): ObjectUrl {
  const home = path === '~' || path.startsWith('~/') ? homedir() + path.slice(1) : path
  const full = resolve(directory, home)
  const isFolder = home === '' || /(^|\/)\.{0,2}$/.test(home)
  if (isFolder) return { scheme: 'file', bucket: full, key: '' }
  return { scheme: 'file', bucket: dirname(full), key: basename(full) }
}

/** `file:path` is a path as it stands; `file:///path` is a URL, and may name this host. */
function decodeFilePath(rest: string): string {
  const [, host, path] = /^\/\/([^/]*)(.*)$/s.exec(rest) ?? []
  if (path === undefined) return rest
  if (host !== '' && host !== 'localhost') {
    throw new FerryError('USAGE', `\`file:${rest}\` names the host \`${host}\`, not this one`, {
      hint: 'write file:///path, or file:path for a relative one',
    })
  }
  return path
}

function bucketAndKey(text: string, rest: string): { bucket: string; key: string } {
  const [, bucket, key = ''] = /^\/\/([^/]*)(?:\/(.*))?$/s.exec(rest) ?? []
  if (bucket === undefined) {
    throw new FerryError('USAGE', `\`${maskUrl(text)}\` lacks \`//\` after its scheme`)
  }
  return { bucket, key }
}

function hadoopUrl(text: string, rest: string): ObjectUrl {
  const { bucket: authority, key } = bucketAndKey(text, rest)
  const [, container, host] = /^([^@]+)@(.+)$/.exec(authority) ?? []
  if (container === undefined || host === undefined) {
    return { scheme: 'az', bucket: authority, key } // the account comes from the environment
  }
  // The files of Data Lake Storage are the blobs of the same account.
  const blobHost = host.replace('.dfs.', '.blob.')
  const account = host.split('.')[0] ?? ''
  return { scheme: 'az', bucket: container, key, account, endpoint: `https://${blobHost}` }
}

const AZURE_HOST = /^([a-z0-9-]+)\.(?:blob|dfs)\.(?:core\.|storage\.azure\.net$)/

function azureUrl(text: string): ObjectUrl {
  const url = new URL(text)
  const account = AZURE_HOST.exec(url.hostname)?.[1]
  if (account === undefined) {
    throw new FerryError('USAGE', `\`${maskUrl(url.origin)}\` is no store that Ferry knows`, {
      hint: 'HTTPS URLs are those of Azure: https://ACCOUNT.blob.core.windows.net/CONTAINER/BLOB',
    })
  }
  const [bucket = '', ...path] = url.pathname.slice(1).split('/').map(decodeURIComponent)
  return {
    scheme: 'az',
    bucket,
    key: path.join('/'),
    account,
    endpoint: url.origin.replace('.dfs.', '.blob.'),
    ...(url.search === '' ? {} : { sas: url.search.slice(1) }),
  }
}
