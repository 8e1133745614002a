import {
  type Call,
  invalid,
  isRecord,
  json,
  nothing,
  parseJson,
  type Reply,
  textOf,
} from './call.ts'
import {
  crcOf,
  describe,
  type Memory,
  type Settings,
  settingsOf,
  type StoredObject,
} from './memory.ts'
import { checkPreconditions, conditionNotMet } from './preconditions.ts'

const MAX_SOURCES = 32

interface Place {
  readonly bucket: string
  readonly name: string
}

/** Objects: delete. */
export function removeObject(memory: Memory, call: Call, { bucket, name }: Place): Reply {
  const object = memory.object(bucket, name)
  checkPreconditions(call.query, object, { prefix: 'if', isRead: false })
  memory.objects(bucket).delete(name)
  return nothing()
}

/** Objects: patch. */
export function patchObject(memory: Memory, call: Call, { bucket, name }: Place): Reply {
  const object = memory.object(bucket, name)
  checkPreconditions(call.query, object, { prefix: 'if', isRead: false })
  const given = Object.entries(settingsOf(parseJson(call.body)))
  const settings = Object.fromEntries(given.filter(([, value]) => value !== undefined))
  const patched: StoredObject = {
    ...object,
    settings: { ...object.settings, ...settings },
    metageneration: object.metageneration + 1,
    updatedAt: new Date(),
  }
  memory.objects(bucket).set(patched)
  return json(describe(patched))
}

/**
 * Objects: rewrite. Metadata is the source's unless the body has its own. With
 * `maxBytesRewrittenPerCall` a large copy takes several calls, as it may between places and classes.
 */
export function rewriteObject(memory: Memory, call: Call, from: Place, to: Place): Reply {
  const { query } = call
  const source = memory.object(from.bucket, from.name)
  checkPreconditions(query, source, { prefix: 'ifSource', isRead: false })
  checkPreconditions(query, memory.objects(to.bucket).get(to.name), { prefix: 'if', isRead: false })
  const size = source.bytes.length
  const token = query.get('rewriteToken')
  const before = token === null ? 0 : Number(Buffer.from(token, 'base64url').toString())
  if (Number.isNaN(before)) throw invalid('Invalid rewrite token')
  const most = Number(query.get('maxBytesRewrittenPerCall') ?? size)
  const done = Math.min(size, before + most)
  const state = { kind: 'storage#rewriteResponse', objectSize: String(size) }
  if (done < size) {
    const rewriteToken = Buffer.from(String(done)).toString('base64url')
    return json({ ...state, totalBytesRewritten: String(done), done: false, rewriteToken })
  }
  const given = parseJson(call.body)
  const { storageClass, ...others } = settingsOf(given)
  const hasOwn = Object.values(others).some(value => value !== undefined)
  const kept: Settings = hasOwn ? others : source.settings
  const settings = { ...kept, storageClass: storageClass ?? kept.storageClass }
  const copy = memory.store(to, source.bytes, settings, source.componentCount)
  return json({
    ...state,
    totalBytesRewritten: String(size),
    done: true,
    resource: describe(copy),
  })
}

/** Objects: compose. A composed object has a CRC32C and no MD5. */
export function composeObject(memory: Memory, call: Call, to: Place): Reply {
  const { sourceObjects, destination } = parseJson(call.body)
  checkPreconditions(call.query, memory.objects(to.bucket).get(to.name), {
    prefix: 'if',
    isRead: false,
  })
  const given = Array.isArray(sourceObjects) ? sourceObjects.filter(isRecord) : []
  if (given.length === 0 || given.length > MAX_SOURCES) {
    throw invalid('The number of source components provided is out of range')
  }
  const sources = given.map(source => sourceOf(memory, to.bucket, source))
  const bytes = Buffer.concat(sources.map(source => source.bytes))
  const resource = isRecord(destination) ? destination : {}
  checkHashes(resource, bytes)
  const count = sources.reduce((sum, source) => sum + (source.componentCount ?? 1), 0)
  return json(describe(memory.store(to, bytes, settingsOf(resource), count)))
}

function sourceOf(memory: Memory, bucket: string, source: Record<string, unknown>): StoredObject {
  const object = memory.object(bucket, textOf(source['name']) ?? '')
  const conditions = source['objectPreconditions']
  const wanted = [
    source['generation'],
    isRecord(conditions) ? conditions['ifGenerationMatch'] : undefined,
  ]
  if (wanted.some(one => one !== undefined && Number(one) !== object.generation)) {
    throw conditionNotMet()
  }
  return object
}

/** What a client says that the checksums are. @throws ApiError 400 when they are not */
export function checkHashes(resource: Record<string, unknown>, bytes: Buffer): void {
  const crc = textOf(resource['crc32c'])
  const calculated = crcOf(bytes)
  if (crc !== undefined && crc !== calculated) {
    throw invalid(`Provided CRC32C "${crc}" doesn't match calculated CRC32C "${calculated}".`)
  }
}
