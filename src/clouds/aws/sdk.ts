/** What this driver takes from packages of others; bundled apart, and loaded when it opens. */
export { partition } from '@aws-sdk/core/client'
export { loadSharedConfigFiles } from '@smithy/core/config'
export { SignatureV4 } from '@smithy/signature-v4'
export type { AwsCredentialIdentityProvider } from '@smithy/types'
