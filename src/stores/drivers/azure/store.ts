import { openFastAgent } from '../../../clouds/http/agent.ts'
import { Transport } from '../../../clouds/http/transport.ts'
import type { DriverOptions } from '../../store-options.ts'
import type { ObjectStore } from '../../store.ts'
import { CAPABILITIES } from './capabilities.ts'
import { BlobClient } from './client.ts'
import { blobContainer } from './container.ts'
import { copyBlob } from './copy.ts'
import { listBlobs } from './listing.ts'
import { type ContainerContext, putBlob, readBlob, statBlob } from './objects.ts'
import { presignBlob } from './presign.ts'
import { removeBlobs } from './remove.ts'
import { readSettings } from '../../../clouds/azure/settings.ts'
import { blockUploads } from './uploads.ts'

/** A container of Azure Blob Storage. */
export async function open(options: DriverOptions): Promise<ObjectStore> {
  const { url, environment, retry, stallMs } = options
  const settings = readSettings(url, environment, 'blob')
  const agent = await openFastAgent(options)
  const transport = new Transport(agent, stallMs)
  const client = new BlobClient({ settings, transport, retry })
  const context: ContainerContext = { client, container: url.bucket }
  const close = (): Promise<void> => client.close()
  return {
    capabilities: CAPABILITIES,
    service: `azure ${client.urlOf({ container: '' })}`,
    list: query => listBlobs(context, query),
    stat: (key, call) => statBlob(context, key, call),
    read: (key, call) => readBlob(context, key, call),
    put: (key, bytes, call) => putBlob(context, key, bytes, call),
    uploads: blockUploads(context),
    copy: (source, key, call) => copyBlob(context, source, key, call),
    remove: (keys, call) => removeBlobs(context, keys, call),
    presign: (key, call) => presignBlob(context, key, call),
    bucket: blobContainer(context),
    close,
    [Symbol.asyncDispose]: close,
  }
}
