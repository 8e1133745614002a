import {
  type AwsSettings,
  type Environment,
  readAwsSettings,
} from '../../../clouds/aws/settings.ts'

export interface Settings extends AwsSettings {
  /** How a custom endpoint's buckets are named: `host/bucket` or `bucket.host`. */
  readonly addressing: 'path' | 'virtual'
  /** Checksums are sent only where a request needs one: `when_required`, for servers that choke. */
  readonly sendsChecksums: boolean
}

export async function readSettings(environment: Environment): Promise<Settings> {
  const settings = await readAwsSettings(environment, { id: 's3', name: 'S3' })
  const { profile } = settings
  const checksums =
    environment['AWS_REQUEST_CHECKSUM_CALCULATION'] || profile['request_checksum_calculation']
  return {
    ...settings,
    addressing: profile['s3.addressing_style'] === 'virtual' ? 'virtual' : 'path',
    sendsChecksums: checksums?.toLowerCase() !== 'when_required',
  }
}
