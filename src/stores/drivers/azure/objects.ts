import { hash } from 'node:crypto'
import { hexToBase64 } from '../../../formats/checksum.ts'
import { rangeText, streamOf } from '../../http/answer-body.ts'
import type { CallOptions, ObjectInfo, ObjectStream, PutOptions, ReadOptions } from '../../store.ts'
import type { BlobClient } from './client.ts'
import { asCondition, conditionHeaders } from './conditions.ts'
import { arrivedOtherwise, bodyFailures } from './errors.ts'
import { infoOf, md5Checksums, quotedEtag, versionOf } from './info.ts'
import { describingHeaders } from './metadata.ts'
import { assertKey } from './names.ts'
import { textHeader } from '../../../clouds/http/headers.ts'
import { reconcile } from '../../http/outcome-history.ts'

/** What the operations on a container share. */
export interface ContainerContext {
  readonly client: BlobClient
  readonly container: string
}

export async function statBlob(
  { client, container }: ContainerContext,
  key: string,
  { signal }: CallOptions,
): Promise<ObjectInfo> {
  assertKey(key)
  const subject = { container, key }
  return client.send({ ...subject, method: 'HEAD', signal }, answer =>
    infoOf(subject, answer.headers),
  )
}

export async function readBlob(
  { client, container }: ContainerContext,
  key: string,
  options: ReadOptions,
): Promise<ObjectStream> {
  const { range, ifMatch, signal } = options
  assertKey(key)
  const subject = { container, key }
  const headers = {
    ...(range === undefined ? {} : { 'x-ms-range': rangeText(range) }),
    ...(ifMatch === undefined ? {} : { 'if-match': quotedEtag(ifMatch) }),
  }
  const answer = await client.open({ ...subject, method: 'GET', headers, signal })
  return streamOf(answer, options, {
    info: () => infoOf(subject, answer.headers),
    ...bodyFailures(subject),
  })
}

export async function putBlob(
  context: ContainerContext,
  key: string,
  bytes: Uint8Array,
  options: PutOptions,
): Promise<ObjectInfo> {
  assertKey(key)
  const { client, container } = context
  const { condition, signal } = options
  const subject = { container, key }
  const md5 = hash('md5', bytes, 'hex')
  const headers = {
    ...describingHeaders(options),
    ...conditionHeaders(condition),
    'x-ms-blob-type': 'BlockBlob',
    'content-md5': hexToBase64(md5),
  }
  const history = { isOutcomeUnknown: false }
  const request = { ...subject, method: 'PUT', headers, body: bytes, signal, history } as const
  try {
    return await client.send(request, answer => {
      const checksums = md5Checksums(textHeader(answer.headers, 'content-md5'))
      if (checksums.md5 !== md5) throw arrivedOtherwise(subject)
      return { key, size: bytes.length, ...versionOf(subject, answer.headers), checksums }
    })
  } catch (error) {
    const known = asCondition(error, subject, condition)
    const stat = (): Promise<ObjectInfo> => statBlob(context, key, { signal })
    const isOurs = (info: ObjectInfo): boolean =>
      info.size === bytes.length && info.checksums.md5 === md5
    return reconcile(known, history, { stat, isOurs })
  }
}
