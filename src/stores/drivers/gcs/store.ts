import { randomUUID } from 'node:crypto'
import type { DriverOptions } from '../../store-options.ts'
import type { ObjectStore } from '../../store.ts'
import { openFastAgent } from '../../../clouds/http/agent.ts'
import { Transport } from '../../../clouds/http/transport.ts'
import { gcsBucket } from './bucket.ts'
import { CAPABILITIES } from './capabilities.ts'
import { GcsClient } from './client.ts'
import { copyObject } from './copy.ts'
import { listObjects } from './listing.ts'
import { type BucketContext, putObject, readObject, statObject } from './objects.ts'
import { presign } from './presign.ts'
import { removeObjects } from './remove.ts'
import { readSettings } from './settings.ts'
import { gcsUploads } from './uploads.ts'

/** A bucket of Google Cloud Storage. */
export async function open(options: DriverOptions): Promise<ObjectStore> {
  const { url, environment, retry, stallMs } = options
  const settings = await readSettings(environment)
  const agent = await openFastAgent(options)
  const transport = new Transport(agent, stallMs)
  const client = new GcsClient({ settings, transport, retry })
  const context: BucketContext = { client, bucket: url.bucket, boundary: `ferry-${randomUUID()}` }
  const close = (): Promise<void> => client.close()
  return {
    capabilities: CAPABILITIES,
    service: `gs ${settings.endpoint.origin}`,
    list: query => listObjects(context, query),
    stat: (key, options) => statObject(context, key, options),
    read: (key, options) => readObject(context, key, options),
    put: (key, bytes, options) => putObject(context, key, bytes, options),
    uploads: gcsUploads(context),
    copy: (source, key, options) => copyObject(context, source, key, options),
    remove: (keys, options) => removeObjects(context, keys, options),
    presign: (key, options) => presign(context, key, options),
    bucket: gcsBucket(context),
    close,
    [Symbol.asyncDispose]: close,
  }
}
