import { FerryError } from '../../../core/errors.ts'
import type { WireAnswer } from '../../../clouds/http/transport.ts'
import type { ObjectInfo, PutOptions } from '../../store.ts'
import { CAPABILITIES } from './capabilities.ts'
import { CRC_HEADER } from './kept-crc.ts'
import { textHeader } from '../../../clouds/http/headers.ts'

const PREFIX = 'x-ms-meta-'

/** What goes with an object besides its bytes. */
export type Described = Pick<
  PutOptions,
  'contentType' | 'contentEncoding' | 'metadata' | 'storageClass'
>

/** @throws FerryError USAGE (a name or a tier that the service does not take) */
export function describingHeaders(options: Described): Record<string, string> {
  return { ...contentHeaders(options), ...metadataHeaders(options), ...tierHeaders(options) }
}

export function contentHeaders({
  contentType,
  contentEncoding,
}: Described): Record<string, string> {
  const headers: Record<string, string> = {}
  if (contentType !== undefined) headers['x-ms-blob-content-type'] = contentType
  if (contentEncoding !== undefined) headers['x-ms-blob-content-encoding'] = contentEncoding
  return headers
}

/** The service takes what C# takes for the name of a variable. */
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/

export function metadataHeaders({ metadata = {} }: Described): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(metadata)) {
    if (!IDENTIFIER.test(name)) {
      throw new FerryError('USAGE', `\`${name}\` cannot be a name of metadata in Azure`, {
        hint: 'use letters, digits and `_`, with no digit first',
      })
    }
    const header = `${PREFIX}${name.toLowerCase()}`
    if (header === CRC_HEADER) {
      throw new FerryError('USAGE', `\`${name}\` is metadata that Ferry writes itself`, {
        hint: 'choose another name',
      })
    }
    headers[header] = encodeValue(value)
  }
  return headers
}

/** Tiers in any case, as `cool`, are those of the service. */
export function tierHeaders({ storageClass }: Described): Record<string, string> {
  if (storageClass === undefined) return {}
  const known = CAPABILITIES.storageClasses
  const tier = known.find(one => one.toLowerCase() === storageClass.toLowerCase())
  if (tier !== undefined) return { 'x-ms-access-tier': tier }
  throw new FerryError('USAGE', `\`${storageClass}\` is no access tier of Azure`, {
    hint: `choose one of ${known.join(', ')}`,
  })
}

export function describedBy(
  headers: WireAnswer['headers'],
): Pick<ObjectInfo, 'contentType' | 'contentEncoding' | 'metadata' | 'storageClass'> {
  const metadata: Record<string, string> = {}
  for (const name of Object.keys(headers)) {
    if (!name.startsWith(PREFIX) || name === CRC_HEADER) continue
    metadata[name.slice(PREFIX.length)] = decodeValue(textHeader(headers, name) ?? '')
  }
  return {
    metadata,
    contentType: textHeader(headers, 'content-type') || undefined,
    contentEncoding: textHeader(headers, 'content-encoding') || undefined,
    storageClass: textHeader(headers, 'x-ms-access-tier') || undefined,
  }
}

/** Headers carry printable ASCII and lose spaces at their ends; anything else goes as RFC 2047 has it. */
const PLAIN = /^(?! )[\x20-\x7e]+(?<! )$/
const ENCODED_WORD = /^=\?UTF-8\?B\?([A-Za-z0-9+/=]*)\?=$/

function encodeValue(value: string): string {
  const isPlain = PLAIN.test(value) && !value.includes('  ') && !value.includes('=?')
  return isPlain ? value : `=?UTF-8?B?${Buffer.from(value).toString('base64')}?=`
}

function decodeValue(text: string): string {
  const encoded = ENCODED_WORD.exec(text)?.[1]
  return encoded === undefined ? text : Buffer.from(encoded, 'base64').toString('utf8')
}
