import { FerryError } from '../../../core/errors.ts'
import { childrenNamed, childText } from '../../../clouds/http/xml.ts'
import type { Bucket, CallOptions } from '../../store.ts'
import { bucketNotEmpty, isThere, removeOnce } from '../../http/bucket-outcome.ts'
import { brokenAnswer, subjectName } from './errors.ts'
import type { ContainerContext } from './objects.ts'

export function blobContainer(context: ContainerContext): Bucket {
  return {
    create: options => createContainer(context, options),
    remove: options => removeContainer(context, options),
    exists: options => containerExists(context, options),
    names: options => containerNames(context, options),
  }
}

const QUERY = { restype: 'container' }

async function createContainer(
  { client, container }: ContainerContext,
  { signal }: CallOptions,
): Promise<'created' | 'exists'> {
  const history = { isOutcomeUnknown: false }
  try {
    await client.send({ container, method: 'PUT', query: QUERY, signal, history }, () => {})
    return 'created'
  } catch (error) {
    const code = error instanceof FerryError ? error.details['serviceCode'] : undefined
    if (code !== 'ContainerAlreadyExists') throw error
    return history.isOutcomeUnknown ? 'created' : 'exists'
  }
}

/** The service would remove a container with all that is in it: that nothing is, is asked first. */
async function removeContainer(
  { client, container }: ContainerContext,
  { signal }: CallOptions,
): Promise<void> {
  const query = { ...QUERY, comp: 'list', maxresults: '1', include: 'snapshots' }
  const isEmpty = await client.sendForXml({ container, method: 'GET', query, signal }, root => {
    const blobs = root.children.find(({ name }) => name === 'Blobs')
    if (blobs === undefined) throw brokenAnswer({ container }, 'it is no listing')
    // A page without names may still be followed by one with some.
    return blobs.children.length === 0 && !childText(root, 'NextMarker')
  })
  if (!isEmpty) throw bucketNotEmpty(subjectName({ container }))
  await removeOnce(history =>
    client.send({ container, method: 'DELETE', query: QUERY, signal, history }, () => {}),
  )
}

function containerExists(
  { client, container }: ContainerContext,
  { signal }: CallOptions,
): Promise<boolean> {
  return isThere(client.send({ container, method: 'HEAD', query: QUERY, signal }, () => {}))
}

async function* containerNames(
  { client }: ContainerContext,
  { signal }: CallOptions,
): AsyncGenerator<string> {
  let marker = ''
  do {
    const query = { comp: 'list', ...(marker === '' ? {} : { marker }) }
    const before = marker
    const page = await client.sendForXml({ container: '', method: 'GET', query, signal }, root => {
      const containers = root.children.find(({ name }) => name === 'Containers')
      const next = childText(root, 'NextMarker')
      if (containers === undefined || next === undefined || (next !== '' && next === before)) {
        throw brokenAnswer({ container: '' }, 'it is no listing of containers')
      }
      const names = childrenNamed(containers, 'Container').map(one => childText(one, 'Name') ?? '')
      return { names, next }
    })
    yield* page.names
    marker = page.next
  } while (marker !== '')
}
