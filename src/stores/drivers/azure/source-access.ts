import type { CopySource } from '../../store.ts'
import type { Authorization } from '../../../clouds/azure/authorization.ts'
import type { ContainerContext } from './objects.ts'
import { signedQuery } from './presign.ts'

/** Longer than any one copy takes. */
const GOOD_FOR_MS = 3_600_000

/**
 * What lets the service itself read the source of a copy; it asks itself for the same proof as
 * anybody: the signature at hand, a token in a header of its own, or a signature made for this.
 */
export async function sourceAccess(
  context: ContainerContext,
  { bucket, key }: CopySource,
  signal: AbortSignal,
): Promise<Authorization> {
  const { authorizer } = context.client.settings
  if (authorizer.kind === 'key') {
    const expiresOn = new Date(Date.now() + GOOD_FOR_MS)
    const grant = { permissions: 'r', expiresOn, signal }
    return { headers: {}, query: await signedQuery({ ...context, container: bucket }, key, grant) }
  }
  const proof = await authorizer.authorize(
    { method: 'GET', path: '', query: {}, headers: {} },
    signal,
  )
  const { authorization } = proof.headers
  if (authorization === undefined) return proof
  return { headers: { 'x-ms-copy-source-authorization': authorization }, query: '' }
}
