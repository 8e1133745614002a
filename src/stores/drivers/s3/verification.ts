import { createHash, hash } from 'node:crypto'
import { crc32c } from '@node-rs/crc32'
import { FerryError } from '../../../core/errors.ts'
import { base64ToHex, type Checksums, crc32cHex, hexToBase64 } from '../../../formats/checksum.ts'
import type { ObjectInfo, PartReceipt } from '../../store.ts'
import { arrivedOtherwise, type Subject, subjectName } from './errors.ts'
import { etagOf, hasOpaqueEtag } from './info.ts'
import type { WireAnswer } from '../../../clouds/http/transport.ts'
import { textHeader } from '../../../clouds/http/headers.ts'

/** Bytes to send, with their checksums; the MD5 is made when it is asked for. */
export class Content {
  readonly bytes: Uint8Array
  readonly crc32c: number
  #md5: string | undefined

  constructor(bytes: Uint8Array, crc32c: number) {
    this.bytes = bytes
    this.crc32c = crc32c
  }

  get md5(): string {
    return (this.#md5 ??= hash('md5', this.bytes, 'hex'))
  }
}

/**
 * How this service vouches for what it got. Amazon checks the CRC-32C that comes with a body, and
 * says it in its answer. Services that know no such header pass over it: there, the MD5 in
 * `Content-MD5`, and that in the ETag of the answer, do the same. Which it is, the first answer
 * tells; until then both are sent.
 */
export class Verification {
  #knowsCrc: boolean | undefined

  constructor(knowsCrc: boolean | undefined) {
    this.#knowsCrc = knowsCrc
  }

  get knowsCrc(): boolean {
    return this.#knowsCrc ?? true
  }

  /** The service has answered to the beginning of an upload as only one that knows CRC-32C does. */
  learnCrc(): void {
    this.#knowsCrc ??= true
  }

  /** Runs `work`, and once more without CRC-32C when the service refuses to hear of that. */
  async fallingBack<Result>(work: () => Promise<Result>): Promise<Result> {
    const isTried = this.#knowsCrc === undefined
    try {
      return await work()
    } catch (error) {
      if (!isTried || this.#knowsCrc === true || !refusesHeader(error)) throw error
      this.#knowsCrc = false
      return work()
    }
  }

  /** `mayHaveCrc` is false in an upload that was begun without. */
  headersFor(content: Content, mayHaveCrc = true): Record<string, string> {
    return {
      ...(this.knowsCrc && mayHaveCrc
        ? { [CRC_HEADER]: hexToBase64(crc32cHex(content.crc32c)) }
        : {}),
      ...(this.#knowsCrc === true && mayHaveCrc ? {} : { 'content-md5': hexToBase64(content.md5) }),
    }
  }

  /**
   * Compares what the service says it got with what was sent, and returns what it vouches for:
   * nothing, where it says neither a CRC nor an MD5. @throws FerryError TRANSFER_CORRUPT
   */
  check(
    answer: { readonly headers: WireAnswer['headers'] },
    content: Content,
    subject: Subject,
  ): Checksums {
    const { headers } = answer
    const told = textHeader(headers, CRC_HEADER)
    const etag = etagOf(headers) ?? ''
    this.#knowsCrc ??= told !== undefined
    if (told !== undefined) {
      const checksums = { crc32c: crc32cHex(content.crc32c) }
      if (base64ToHex(told) === checksums.crc32c) return checksums
      throw arrivedOtherwise(subject)
    }
    if (!MD5.test(etag) || hasOpaqueEtag(headers)) return {}
    if (content.md5 !== etag) throw arrivedOtherwise(subject)
    return { md5: etag }
  }
}

const CRC_HEADER = 'x-amz-checksum-crc32c'
const MD5 = /^[0-9a-f]{32}$/

/** Some services refuse requests with headers that they do not know, each in its own words. */
function refusesHeader(error: unknown): boolean {
  if (!(error instanceof FerryError)) return false
  const { status, serviceCode } = error.details
  if (status === 501) return true
  const isComplaint = serviceCode === 'InvalidArgument' || serviceCode === 'InvalidRequest'
  return status === 400 && isComplaint && error.message.toLowerCase().includes('checksum')
}

/** What an object is put together of. */
export interface Completion {
  readonly parts: readonly PartReceipt[]
  readonly size: number
  /** Undefined where the service copied parts and did not tell theirs. */
  readonly crc32c: number | undefined
}

/** The parts must follow each other and end where the object does: a service skips what is missing. */
export function assertNoGap({ parts, size }: Completion, subject: Subject): void {
  const isInOrder = parts.every(({ number }, at) => number === at + 1)
  const total = parts.reduce((sum, part) => sum + part.size, 0)
  if (isInOrder && total === size) return
  const name = subjectName(subject)
  const message = `\`${name}\`: parts of ${total} bytes are not the ${size} bytes of the whole`
  throw new FerryError('TRANSFER_CORRUPT', message)
}

/**
 * Whether an object is what its parts make: by the CRC-32C of the whole, by that of the parts' CRCs,
 * or by the ETag, which is the MD5 of the parts' MD5s, whichever the service has. Undefined where it
 * has none of them, and the size is right.
 */
export function isMadeOf(
  { info, compositeCrc }: { readonly info: ObjectInfo; readonly compositeCrc?: string | undefined },
  whole: Completion,
): boolean | undefined {
  if (info.size !== whole.size) return false
  const crc = whole.crc32c === undefined ? undefined : crc32cHex(whole.crc32c)
  return (
    isSame(info.checksums.crc32c, crc) ??
    isOfParts(compositeCrc, crcOfParts(whole)) ??
    isOfParts(info.etag, md5OfParts(whole))
  )
}

/** Undefined where one of the two is not known; so are those below. */
function isSame(told: string | undefined, expected: string | undefined): boolean | undefined {
  return told === undefined || expected === undefined ? undefined : told === expected
}

function isOfParts(told: string | undefined, expected: string | undefined): boolean | undefined {
  return told?.includes('-') === true ? isSame(told, expected) : undefined
}

function crcOfParts({ parts }: Completion): string | undefined {
  const bytes = Buffer.alloc(parts.length * 4)
  for (const [at, part] of parts.entries()) {
    if (part.crc32c === undefined) return undefined
    bytes.writeUInt32BE(part.crc32c >>> 0, at * 4)
  }
  return `${hexToBase64(crc32cHex(crc32c(bytes)))}-${parts.length}`
}

function md5OfParts({ parts }: Completion): string | undefined {
  const whole = createHash('md5')
  for (const { etag } of parts) {
    if (!MD5.test(etag)) return undefined
    whole.update(Buffer.from(etag, 'hex'))
  }
  return `${whole.digest('hex')}-${parts.length}`
}
