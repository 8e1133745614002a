import { FerryError } from '../../../core/errors.ts'
import { partition } from '../../../clouds/aws/sdk.ts'
import type { Settings } from './settings.ts'

/** Where a request goes: which host, and what its path starts with. */
export interface Address {
  readonly origin: string
  readonly host: string
  /** Escaped; without a `/` at its end. */
  readonly path: string
}

/** Names that can be the first label of a host: those with dots have no certificate there. */
const HOST_LABEL = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/

export function addressOf(settings: Settings, bucket: string, region: string): Address {
  const { endpoint } = settings
  const base = endpoint ?? new URL(`https://${awsHost(settings, region)}`)
  const style = endpoint === undefined ? 'virtual' : settings.addressing
  const prefix = base.pathname.replace(/\/+$/, '')
  if (style === 'virtual' && HOST_LABEL.test(bucket)) {
    const host = `${bucket}.${base.host}`
    return { origin: `${base.protocol}//${host}`, host, path: prefix }
  }
  const path = bucket === '' ? prefix : `${prefix}/${escapeSegment(bucket)}`
  return { origin: base.origin, host: base.host, path }
}

function awsHost({ isFips, isDualStack }: Settings, region: string): string {
  const { dnsSuffix, dualStackDnsSuffix } = partition(region)
  const service = isFips ? 's3-fips' : 's3'
  if (isDualStack) return `${service}.dualstack.${region}.${dualStackDnsSuffix || dnsSuffix}`
  return `${service}.${region}.${dnsSuffix}`
}

/** A name for what two stores share that can copy between each other. */
export function serviceName(settings: Settings): string {
  return settings.endpoint === undefined
    ? `s3 ${partition(settings.region).name}`
    : `s3 ${settings.endpoint.origin}${settings.endpoint.pathname}`
}

const PLAIN_PATH = /^[A-Za-z0-9\-._~/]*$/

/** A key as a path: all but unreserved characters and `/` escaped. */
export function escapeKey(key: string): string {
  if (key === '') throw new FerryError('KEY_INVALID', 'an object needs a name: this key is empty')
  return PLAIN_PATH.test(key) ? key : key.split('/').map(escapeSegment).join('/')
}

export function escapeSegment(text: string): string {
  try {
    return encodeURIComponent(text).replace(/[!'()*]/g, escapeCharacter)
  } catch (error) {
    // A surrogate without its other half.
    throw new FerryError('KEY_INVALID', 'a key holds what is no Unicode character', {
      cause: error,
    })
  }
}

function escapeCharacter(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}

/** Sorted as the signature wants it. */
export function printQuery(query: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(query).map(
    ([name, value]) => `${escapeSegment(name)}=${escapeSegment(value)}`,
  )
  return pairs.length === 0 ? '' : `?${pairs.sort().join('&')}`
}
