import { FerryError } from '../../../core/errors.ts'
import { readAuthority } from '../../../clouds/aws/settings.ts'
import type { DriverOptions } from '../../store-options.ts'
import type { ObjectStore, PresignOptions } from '../../store.ts'
import { serviceName } from './addressing.ts'
import { s3Bucket } from './bucket.ts'
import { CAPABILITIES } from './capabilities.ts'
import { S3Client } from './client.ts'
import { copyObject } from './copy.ts'
import { listObjects } from './listing.ts'
import { type BucketContext, putObject, readObject, statObject } from './objects.ts'
import { removeObjects } from './remove.ts'
import { readSettings } from './settings.ts'
import { openFastAgent } from '../../../clouds/http/agent.ts'
import { Transport } from '../../../clouds/http/transport.ts'
import { s3Uploads } from './uploads.ts'
import { Verification } from './verification.ts'

/** A bucket of Amazon S3, or of a service that speaks its language. */
export async function open(options: DriverOptions): Promise<ObjectStore> {
  const { url, environment, retry, stallMs } = options
  if (url.bucket.endsWith(DIRECTORY_BUCKET)) {
    throw new FerryError('UNSUPPORTED', `\`s3://${url.bucket}\` is a directory bucket`, {
      hint: 'take a bucket of S3’s other classes: these list in no order',
    })
  }
  const settings = await readSettings(environment)
  const ca = await readAuthority(environment)
  const agent = await openFastAgent(options, ca)
  const transport = new Transport(agent, stallMs)
  const client = new S3Client({ settings, transport, retry })
  const context: BucketContext = {
    client,
    bucket: url.bucket,
    verification: new Verification(knowsCrc(client)),
  }
  const close = (): Promise<void> => client.close()
  return {
    capabilities: CAPABILITIES,
    service: serviceName(settings),
    list: query => listObjects(context, query),
    stat: (key, options) => statObject(context, key, options),
    read: (key, options) => readObject(context, key, options),
    put: (key, bytes, options) => putObject(context, key, bytes, options),
    uploads: s3Uploads(context),
    copy: (source, key, options) => copyObject(context, source, key, options),
    remove: (keys, options) => removeObjects(context, keys, options),
    presign: (key, options) => presign(context, key, options),
    bucket: s3Bucket(context),
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** How the names of S3 Express's buckets end. */
const DIRECTORY_BUCKET = '--x-s3'

/** Amazon is known to; of others, the first answer tells. */
function knowsCrc({ settings, isAmazon }: S3Client): boolean | undefined {
  if (!settings.sendsChecksums) return false
  return isAmazon ? true : undefined
}

const LONGEST_URL_S = 604_800

async function presign(
  { client, bucket }: BucketContext,
  key: string,
  { method, expiresInS }: PresignOptions,
): Promise<string> {
  if (!Number.isInteger(expiresInS) || expiresInS < 1 || expiresInS > LONGEST_URL_S) {
    throw new FerryError('USAGE', `a URL of S3 cannot be good for ${expiresInS} s`, {
      hint: 'choose from a second to 7 days',
    })
  }
  return client.presign({ bucket, key }, method, expiresInS)
}
