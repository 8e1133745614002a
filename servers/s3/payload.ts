import { crc32, crc32c } from '@node-rs/crc32'
import { createHash } from 'node:crypto'
import { type Call, header, Refusal } from './call.ts'

/** The content of a request, with its checksums compared with what the client said they are. */
export interface Payload {
  readonly bytes: Buffer
  /** Given by the client, in base64, as S3 keeps and tells them. */
  readonly checksums: Readonly<Record<string, string>>
}

/** What S3 verifies of those it is given; it knows CRC64NVME too, which this gate does not. */
const ALGORITHMS: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  crc32: bytes => uint32(crc32(bytes)),
  crc32c: bytes => uint32(crc32c(bytes)),
  sha1: bytes => createHash('sha1').update(bytes).digest(),
  sha256: bytes => createHash('sha256').update(bytes).digest(),
}

/** Values of `x-amz-checksum-*` on a request that are of the whole object, not of its body. */
const NOT_OF_THE_BODY = new Set(['algorithm', 'type', 'mode'])

/**
 * Takes aws-chunked apart, and verifies every checksum that came along ("Checking object integrity
 * for data uploads" in the user guide of Amazon S3). @throws Refusal when one differs
 */
export function readPayload(call: Call): Payload {
  const declared = header(call, 'x-amz-content-sha256') ?? 'UNSIGNED-PAYLOAD'
  const isChunked = declared === 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'
  if (declared.startsWith('STREAMING-') && !isChunked) {
    throw new Refusal(501, 'NotImplemented', `this gate does not know ${declared}`)
  }
  const { bytes, trailers } = isChunked ? decodeChunks(call) : { bytes: call.body, trailers: {} }
  if (/^[0-9a-f]{64}$/.test(declared) && declared !== hex(bytes)) {
    const message = "The provided 'x-amz-content-sha256' header does not match what was computed."
    throw new Refusal(400, 'XAmzContentSHA256Mismatch', message)
  }
  const md5 = header(call, 'content-md5')
  if (md5 !== undefined && md5 !== createHash('md5').update(bytes).digest('base64')) {
    throw new Refusal(
      400,
      'BadDigest',
      'The Content-MD5 you specified did not match what we received.',
    )
  }
  const isComplete = call.method === 'POST' && call.query.has('uploadId')
  const checksums = isComplete ? {} : verifyChecksums({ ...call.headers, ...trailers }, bytes)
  return { bytes, checksums }
}

function verifyChecksums(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  bytes: Buffer,
): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    const algorithm = /^x-amz-checksum-(\w+)$/.exec(name)?.[1]
    if (algorithm === undefined || NOT_OF_THE_BODY.has(algorithm)) continue
    const compute = ALGORITHMS[algorithm]
    if (compute === undefined) throw new Refusal(501, 'NotImplemented', `no ${algorithm} here`)
    if (value !== compute(bytes).toString('base64')) {
      const message = `The ${algorithm.toUpperCase()} you specified did not match the calculated checksum.`
      throw new Refusal(400, 'BadDigest', message)
    }
    found[algorithm] = value
  }
  return found
}

function decodeChunks(call: Call): { bytes: Buffer; trailers: Record<string, string> } {
  const { body } = call
  const chunks: Buffer[] = []
  let at = 0
  for (;;) {
    const end = body.indexOf('\r\n', at)
    const size = Number.parseInt(body.toString('latin1', at, end), 16)
    if (end < 0 || Number.isNaN(size) || end + 2 + size > body.length) throw incomplete()
    at = end + 2
    if (size === 0) break
    chunks.push(body.subarray(at, at + size))
    at += size + 2
  }
  const trailers: Record<string, string> = {}
  for (const line of body.toString('latin1', at).split('\r\n')) {
    const [name, value] = line.split(':', 2)
    if (name && value !== undefined) trailers[name.toLowerCase()] = value.trim()
  }
  const promised = header(call, 'x-amz-trailer')?.toLowerCase()
  if (promised !== undefined && trailers[promised] === undefined) throw incomplete()
  const bytes = Buffer.concat(chunks)
  if (bytes.length !== Number(header(call, 'x-amz-decoded-content-length'))) throw incomplete()
  return { bytes, trailers }
}

function incomplete(): Refusal {
  const message = 'You did not provide the number of bytes specified by the Content-Length header'
  return new Refusal(400, 'IncompleteBody', message)
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function hex(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
