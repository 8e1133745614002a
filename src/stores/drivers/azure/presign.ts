import { FerryError } from '../../../core/errors.ts'
import { childText } from '../../../clouds/http/xml.ts'
import type { PresignOptions } from '../../store.ts'
import { brokenAnswer } from './errors.ts'
import { assertKey } from './names.ts'
import type { ContainerContext } from './objects.ts'
import { SharedKey } from '../../../clouds/azure/shared-key.ts'

const LONGEST_S = 604_800

/** What the URL permits; one to write must be used with the header `x-ms-blob-type: BlockBlob`. */
const PERMISSIONS = { GET: 'r', PUT: 'cw' } as const

/**
 * A URL with a shared access signature: made with the account's key, or with one that the service
 * lends to who is logged in (a user delegation key). @throws FerryError UNSUPPORTED
 */
export async function presignBlob(
  context: ContainerContext,
  key: string,
  options: PresignOptions,
): Promise<string> {
  assertKey(key)
  const { method, expiresInS } = options
  if (!Number.isInteger(expiresInS) || expiresInS < 1 || expiresInS > LONGEST_S) {
    throw new FerryError('USAGE', `a URL of Azure cannot be good for ${expiresInS} s`, {
      hint: 'choose from a second to 7 days',
    })
  }
  const { client, container } = context
  const sas = await signedQuery(context, key, {
    permissions: PERMISSIONS[method],
    expiresOn: new Date(Date.now() + expiresInS * 1_000),
    signal: options.signal,
  })
  return `${client.urlOf({ container, key })}?${sas}`
}

interface Grant {
  readonly permissions: string
  readonly expiresOn: Date
  readonly signal: AbortSignal
}

export async function signedQuery(
  context: ContainerContext,
  key: string,
  { permissions, expiresOn, signal }: Grant,
): Promise<string> {
  const { client, container } = context
  const { account, authorizer, endpoint } = client.settings
  if (authorizer.kind === 'sas') {
    throw new FerryError('UNSUPPORTED', 'a shared access signature cannot sign URLs', {
      hint: 'use the account’s key, or log in with az login',
    })
  }
  const sdk = await import('./sdk-sas.ts')
  const values = {
    containerName: container,
    blobName: key,
    permissions: sdk.BlobSASPermissions.parse(permissions),
    expiresOn,
    ...(endpoint.protocol === 'https:' ? { protocol: sdk.SASProtocol.Https } : {}),
  }
  if (authorizer instanceof SharedKey) {
    const credential = new sdk.StorageSharedKeyCredential(account, authorizer.key)
    return sdk.generateBlobSASQueryParameters(values, credential).toString()
  }
  const lent = await lentKey(context, expiresOn, signal)
  return sdk.generateBlobSASQueryParameters(values, lent, account).toString()
}

interface LentKey {
  readonly signedObjectId: string
  readonly signedTenantId: string
  readonly signedStartsOn: Date
  readonly signedExpiresOn: Date
  readonly signedService: string
  readonly signedVersion: string
  readonly value: string
}

async function lentKey(
  { client }: ContainerContext,
  expiresOn: Date,
  signal: AbortSignal,
): Promise<LentKey> {
  const expiry = `${expiresOn.toISOString().slice(0, 19)}Z`
  const body = Buffer.from(`<KeyInfo><Expiry>${expiry}</Expiry></KeyInfo>`)
  const query = { restype: 'service', comp: 'userdelegationkey' }
  const headers = { 'content-type': 'application/xml' }
  const request = { container: '', method: 'POST', query, headers, body, signal } as const
  return client.sendForXml(request, root => {
    const field = (name: string): string => {
      const text = childText(root, name)
      if (text) return text
      throw brokenAnswer({ container: '' }, `it lends no key: \`${name}\` is missing`)
    }
    return {
      signedObjectId: field('SignedOid'),
      signedTenantId: field('SignedTid'),
      signedStartsOn: new Date(field('SignedStart')),
      signedExpiresOn: new Date(field('SignedExpiry')),
      signedService: field('SignedService'),
      signedVersion: field('SignedVersion'),
      value: field('Value'),
    }
  })
}
