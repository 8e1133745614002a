import { FerryError } from '../../../core/errors.ts'
import { partition } from '../../../clouds/aws/sdk.ts'
import { escapeKey, escapeSegment } from '../../http/escape-key.ts'
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

/** A key as a path. @throws FerryError KEY_INVALID */
export function keyPath(key: string): string {
  if (key === '') throw new FerryError('KEY_INVALID', 'an object needs a name: this key is empty')
  return escapeKey(key)
}
