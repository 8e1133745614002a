import { crc32c } from '@node-rs/crc32'
import { combineCrc32c } from '../../src/formats/checksum.ts'
import { type Call, header, Refusal } from './call.ts'
import type { Payload } from './payload.ts'

/** Of an object as it is with this ETag. */
interface Kept {
  readonly etag: string
  readonly type: 'FULL_OBJECT' | 'COMPOSITE'
  readonly values: Readonly<Record<string, string>>
}

interface KeptPart {
  readonly etag: string
  readonly size: number
  readonly crc32c: number
}

interface Upload {
  readonly type: Kept['type']
  readonly algorithm: string | undefined
  readonly parts: Map<number, KeptPart>
}

/**
 * The checksums that S3 keeps with objects and parts, and moto does not. Only CRC32C is known of
 * multipart uploads.
 */
export class KeptChecksums {
  readonly #objects = new Map<string, Kept>()
  readonly #uploads = new Map<string, Upload>()

  /** Of a GET or HEAD that asked for them, as headers. */
  of(call: Call, etag: string): Record<string, string> {
    const kept = this.#objects.get(nameOf(call))
    return kept === undefined || kept.etag !== etag ? {} : headersOf(kept)
  }

  keepObject(call: Call, etag: string, { checksums }: Payload): Record<string, string> {
    const kept = { etag, type: 'FULL_OBJECT', values: checksums } as const
    this.#objects.set(nameOf(call), kept)
    return Object.keys(checksums).length === 0 ? {} : headersOf(kept)
  }

  /** A copy keeps the checksum of a whole; what `read` yields is its content, where there is none. */
  async keepCopy(
    call: Call,
    copy: { source: string; sourceEtag: string; etag: string },
    read: () => Promise<Buffer>,
  ): Promise<Record<string, string>> {
    const source = this.#objects.get(copy.source)
    const isKnown = source?.etag === copy.sourceEtag && source.type === 'FULL_OBJECT'
    let values = isKnown ? source.values : {}
    const wanted = header(call, 'x-amz-checksum-algorithm')?.toUpperCase()
    if (wanted === 'CRC32C' && values['crc32c'] === undefined) {
      values = { crc32c: base64(crc32c(await read())) }
    }
    this.#objects.set(nameOf(call), { etag: copy.etag, type: 'FULL_OBJECT', values })
    return values
  }

  startUpload(call: Call, uploadId: string): void {
    this.#uploads.set(uploadId, { ...wantedOf(call), parts: new Map() })
  }

  /** What the answer says of the checksums that an upload will have ("CreateMultipartUpload"). */
  startHeaders(call: Call): Record<string, string> {
    const { algorithm, type } = wantedOf(call)
    if (algorithm === undefined) return {}
    return { 'x-amz-checksum-algorithm': algorithm, 'x-amz-checksum-type': type }
  }

  keepPart(call: Call, etag: string, { bytes }: Payload): void {
    const parts = this.#uploads.get(call.query.get('uploadId') ?? '')?.parts
    const number = Number(call.query.get('partNumber'))
    parts?.set(number, { etag, size: bytes.length, crc32c: crc32c(bytes) })
  }

  partChecksum(uploadId: string, number: number): string | undefined {
    const upload = this.#uploads.get(uploadId)
    const part = upload?.parts.get(number)
    return upload?.algorithm === 'CRC32C' && part ? base64(part.crc32c) : undefined
  }

  /** Of the whole, if the upload was begun with CRC32C. @throws Refusal when the client says another */
  checkWhole(call: Call): Omit<Kept, 'etag'> | undefined {
    const upload = this.#uploads.get(call.query.get('uploadId') ?? '')
    if (upload === undefined) return undefined // moto says what there is to say of it
    const parts = listedParts(call).map(({ number, etag, crc }) => {
      const kept = upload.parts.get(number)
      const isSame = kept?.etag === etag && (crc === undefined || crc === base64(kept.crc32c))
      if (kept !== undefined && isSame) return kept
      const message = 'One or more of the specified parts could not be found.'
      throw new Refusal(400, 'InvalidPart', message, { PartNumber: String(number) })
    })
    const size = parts.reduce((sum, part) => sum + part.size, 0)
    const told = header(call, 'x-amz-mp-object-size')
    if (told !== undefined && Number(told) !== size) {
      throw new Refusal(400, 'InvalidRequest', 'x-amz-mp-object-size is not the sum of the parts')
    }
    if (upload.algorithm !== 'CRC32C') return undefined
    const whole = upload.type === 'FULL_OBJECT' ? wholeOf(parts) : compositeOf(parts)
    const said = header(call, 'x-amz-checksum-crc32c')
    if (said !== undefined && said !== whole) {
      const message = 'The CRC32C you specified did not match the calculated checksum.'
      throw new Refusal(400, 'BadDigest', message)
    }
    return { type: upload.type, values: { crc32c: whole } }
  }

  endUpload(call: Call, kept: Kept | undefined): void {
    this.#uploads.delete(call.query.get('uploadId') ?? '')
    if (kept !== undefined) this.#objects.set(nameOf(call), kept)
  }
}

function wantedOf(call: Call): Pick<Upload, 'algorithm' | 'type'> {
  const algorithm = header(call, 'x-amz-checksum-algorithm')?.toUpperCase()
  const type = header(call, 'x-amz-checksum-type') === 'FULL_OBJECT' ? 'FULL_OBJECT' : 'COMPOSITE'
  return { algorithm, type }
}

function nameOf({ bucket, key }: Call): string {
  return `${bucket}/${key}`
}

function headersOf({ values, type }: Kept): Record<string, string> {
  const all = Object.entries(values).map(([name, value]) => [`x-amz-checksum-${name}`, value])
  return all.length === 0 ? {} : Object.fromEntries([...all, ['x-amz-checksum-type', type]])
}

function listedParts(call: Call): { number: number; etag: string; crc: string | undefined }[] {
  const parts = call.body.toString('utf8').matchAll(/<Part>(.*?)<\/Part>/gs)
  return [...parts].map(([, part = '']) => ({
    number: Number(/<PartNumber>(\d+)</.exec(part)?.[1]),
    etag: `"${/<ETag>(?:"|&quot;|&#34;)?([^"&<]+)/.exec(part)?.[1]}"`,
    crc: /<ChecksumCRC32C>([^<]+)</.exec(part)?.[1],
  }))
}

function wholeOf(parts: readonly KeptPart[]): string {
  return base64(parts.reduce((crc, part) => combineCrc32c(crc, part.crc32c, part.size), 0))
}

function compositeOf(parts: readonly KeptPart[]): string {
  const all = Buffer.concat(parts.map(part => Buffer.from(base64(part.crc32c), 'base64')))
  return `${base64(crc32c(all))}-${parts.length}`
}

function base64(crc: number): string {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(crc >>> 0)
  return bytes.toString('base64')
}
