import { hash } from 'node:crypto'
import { FerryError } from '../../../core/errors.ts'
import type { PresignOptions } from '../../store.ts'
import { escapeKey, escapeSegment, printQuery } from '../../http/escape-key.ts'
import type { BucketContext } from './objects.ts'

const LONGEST_S = 604_800
const ALGORITHM = 'GOOG4-RSA-SHA256'

/** A URL with a V4 signature: by a service account's key here, or by the service that keeps it. */
export async function presign(
  { client, bucket }: BucketContext,
  key: string,
  { method, expiresInS, signal }: PresignOptions,
): Promise<string> {
  if (!Number.isInteger(expiresInS) || expiresInS < 1 || expiresInS > LONGEST_S) {
    throw new FerryError('USAGE', `a URL of Google cannot be good for ${expiresInS} s`, {
      hint: 'choose from a second to 7 days',
    })
  }
  const { endpoint, credentials } = client.settings
  const path = `/${escapeSegment(bucket)}/${escapeKey(key)}`
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '')
  const scope = `${time.slice(0, 8)}/auto/storage/goog4_request`
  const signer = await credentials.signer(signal)
  const query = {
    'X-Goog-Algorithm': ALGORITHM,
    'X-Goog-Credential': `${signer.email}/${scope}`,
    'X-Goog-Date': time,
    'X-Goog-Expires': String(expiresInS),
    'X-Goog-SignedHeaders': 'host',
  }
  const canonical = [
    method,
    path,
    printQuery(query).slice(1),
    `host:${endpoint.host}\n`,
    'host',
    'UNSIGNED-PAYLOAD',
  ].join('\n')
  const text = [ALGORITHM, time, scope, hash('sha256', canonical, 'hex')].join('\n')
  const signature = (await signer.sign(text)).toString('hex')
  return `${endpoint.origin}${path}${printQuery({ ...query, 'X-Goog-Signature': signature })}`
}
