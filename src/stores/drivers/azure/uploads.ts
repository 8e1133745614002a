import { hash, randomBytes } from 'node:crypto'
import { FerryError } from '../../../core/errors.ts'
import { hexToBase64 } from '../../../formats/checksum.ts'
import { childrenNamed, childText, type XmlElement } from '../../../clouds/http/xml.ts'
import type {
  CallOptions,
  ObjectInfo,
  Part,
  PartReceipt,
  PutOptions,
  UploadRef,
  Uploads,
  WholeUpload,
} from '../../store.ts'
import { asCondition, conditionHeaders } from './conditions.ts'
import { arrivedOtherwise, brokenAnswer, subjectName } from './errors.ts'
import { type BlobSubject, versionOf } from './info.ts'
import { crcHeaders } from './kept-crc.ts'
import { describingHeaders } from './metadata.ts'
import { assertKey } from './names.ts'
import { type ContainerContext, statBlob } from './objects.ts'
import { textHeader } from '../../../clouds/http/headers.ts'
import { reconcile } from '../../http/outcome-history.ts'

/**
 * An upload in blocks. The service has no notion of one: blocks lie beside a blob until a list of
 * them is committed, or for a week. What belongs together is told by the blocks' ids, which start
 * with that of the upload.
 */
export function blockUploads(context: ContainerContext): Uploads {
  return {
    start: (key, options) => startUpload(key, options),
    putPart: (upload, part, options) => putBlock(context, upload, { ...part, ...options }),
    parts: (upload, options) => listBlocks(context, upload, options),
    complete: (upload, whole, options) => commitBlocks(context, upload, { ...options, whole }),
    // Blocks cannot be taken back but by a commit, which would touch the object that is there.
    abort: async () => {},
  }
}

/** All ids of a blob's blocks must be of one length, those that are left of other uploads too. */
const NONCE_BYTES = 12
const NUMBER_BYTES = 3

export async function startUpload(key: string, options: PutOptions): Promise<UploadRef> {
  assertKey(key)
  describingHeaders(options) // what the service would refuse at the end is refused now
  return { key, id: randomBytes(NONCE_BYTES).toString('base64url') }
}

const UPLOAD_ID = /^[A-Za-z0-9_-]{16}$/

export function blockId({ key, id }: UploadRef, number: number): string {
  if (!UPLOAD_ID.test(id)) {
    throw new FerryError(
      'OBJECT_NOT_FOUND',
      `the upload \`${id}\` of \`${key}\` is none of Azure’s`,
    )
  }
  const bytes = Buffer.alloc(NONCE_BYTES + NUMBER_BYTES)
  bytes.write(id, 'base64url')
  bytes.writeUIntBE(number, NONCE_BYTES, NUMBER_BYTES)
  return bytes.toString('base64')
}

/** The number of a block of this upload; undefined for another's. */
function numberOf({ id }: UploadRef, name: string): number | undefined {
  const bytes = Buffer.from(name, 'base64')
  if (bytes.length !== NONCE_BYTES + NUMBER_BYTES) return undefined
  const isOurs = bytes.toString('base64url', 0, NONCE_BYTES) === id
  return isOurs ? bytes.readUIntBE(NONCE_BYTES, NUMBER_BYTES) : undefined
}

async function putBlock(
  { client, container }: ContainerContext,
  upload: UploadRef,
  { number, bytes, crc32c, signal }: Part & CallOptions,
): Promise<PartReceipt> {
  const subject = { container, key: upload.key }
  const blockid = blockId(upload, number)
  const md5 = hash('md5', bytes, 'base64')
  const headers = { 'content-md5': md5 }
  const query = { comp: 'block', blockid }
  return client.send(
    { ...subject, method: 'PUT', query, headers, body: bytes, signal },
    ({ headers: answered }) => {
      // The service compared it; one that says what it got must say the same.
      const told = textHeader(answered, 'content-md5')
      if (told !== undefined && told !== md5) throw arrivedOtherwise(subject)
      return { number, size: bytes.length, etag: blockid, crc32c }
    },
  )
}

async function* listBlocks(
  { client, container }: ContainerContext,
  upload: UploadRef,
  { signal }: CallOptions,
): AsyncGenerator<PartReceipt> {
  const subject = { container, key: upload.key }
  const query = { comp: 'blocklist', blocklisttype: 'uncommitted' }
  try {
    yield* await client.sendForXml({ ...subject, method: 'GET', query, signal }, root => {
      const list = root.children.find(({ name }) => name === 'UncommittedBlocks')
      if (root.name !== 'BlockList') throw brokenAnswer(subject, 'it is no list of blocks')
      const blocks = list === undefined ? [] : childrenNamed(list, 'Block')
      return blocks.flatMap(block => readBlock(block, upload)).sort((a, b) => a.number - b.number)
    })
  } catch (error) {
    if (error instanceof FerryError && error.code === 'OBJECT_NOT_FOUND') return
    throw error
  }
}

function readBlock(block: XmlElement, upload: UploadRef): PartReceipt[] {
  const etag = childText(block, 'Name') ?? ''
  const number = numberOf(upload, etag)
  if (number === undefined) return []
  return [{ number, size: Number(childText(block, 'Size') ?? NaN), etag }]
}

/** Of a copy, a checksum is known where the source has it. */
interface CommittedWhole extends Omit<WholeUpload, 'crc32c'> {
  readonly crc32c?: number | undefined
}

export async function commitBlocks(
  context: ContainerContext,
  { key }: UploadRef,
  { whole, ...options }: PutOptions & { readonly whole: CommittedWhole },
): Promise<ObjectInfo> {
  const { client, container } = context
  const { condition, signal } = options
  const subject = { container, key }
  assertWhole(whole, subject)
  const body = Buffer.from(printBlocks(whole.parts))
  const headers = {
    ...describingHeaders(options),
    ...crcHeaders(whole),
    ...conditionHeaders(condition),
    ...(whole.md5 === undefined ? {} : { 'x-ms-blob-content-md5': hexToBase64(whole.md5) }),
    'content-type': 'application/xml',
    'content-md5': hash('md5', body, 'base64'),
  }
  const history = { isOutcomeUnknown: false }
  const query = { comp: 'blocklist' }
  const request = { ...subject, method: 'PUT', query, headers, body, signal, history } as const
  const stat = (): Promise<ObjectInfo> => statBlob(context, key, { signal })
  const isOurs = (info: ObjectInfo): boolean =>
    info.size === whole.size && info.checksums.md5 === whole.md5
  try {
    const told = await client.send(request, answer => versionOf(subject, answer.headers))
    const info = await stat()
    if (isOurs(info)) return info
    if (info.etag === told.etag) throw arrivedOtherwise(subject)
    // Another's object has taken the place of ours by now; what is told is ours.
    return { key, size: whole.size, ...told, checksums: {} }
  } catch (error) {
    const known = asCondition(await asOvertaken(error, condition, stat), subject, condition)
    return reconcile(known, history, { stat, isOurs })
  }
}

/** The service would make an object of any of the blocks. */
function assertWhole(
  { parts, size }: Pick<WholeUpload, 'parts' | 'size'>,
  subject: BlobSubject,
): void {
  const sum = parts.reduce((total, part) => total + part.size, 0)
  if (sum === size && parts.every(({ number }, at) => number === at + 1)) return
  const message = `\`${subjectName(subject)}\` is ${size} bytes, and its parts are ${sum}`
  throw new FerryError('TRANSFER_CORRUPT', message, { details: { key: subject.key } })
}

/**
 * A commit takes all other uncommitted blocks of the name along. Whose blocks are gone so, and may
 * only write where nothing is, or over what was seen, has lost to the one who committed.
 */
async function asOvertaken(
  failure: unknown,
  condition: PutOptions['condition'],
  stat: () => Promise<ObjectInfo>,
): Promise<unknown> {
  const isGone =
    failure instanceof FerryError && failure.details['serviceCode'] === 'InvalidBlockList'
  if (!isGone || condition === undefined) return failure
  const found = await stat().catch((other: unknown) => {
    if (other instanceof FerryError && other.code === 'OBJECT_NOT_FOUND') return undefined
    throw other
  })
  const seen = condition === 'absent' ? undefined : condition.etag
  return found?.etag === seen
    ? failure
    : new FerryError('PRECONDITION_FAILED', failure.message, { cause: failure })
}

/** `Latest`, as a commit whose answer was lost has made the blocks committed ones. */
function printBlocks(parts: readonly PartReceipt[]): string {
  const blocks = parts.map(({ etag }) => `<Latest>${etag}</Latest>`).join('')
  return `<?xml version="1.0" encoding="utf-8"?><BlockList>${blocks}</BlockList>`
}
