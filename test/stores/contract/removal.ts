import { exists, expect, fresh, keysIn, options, putText, type Suite } from './suite.ts'

export function removal({ store, newBucket, service, promise }: Suite): void {
  promise('removal: one', async () => {
    const key = fresh()
    await putText(store(), key, 'text')
    expect(await store().remove([key], options())).toEqual([{ key, removed: true }])
    expect(await exists(store(), key)).toBe(false)
  })

  promise('removal: what is not there counts as removed', async () => {
    const key = fresh()
    expect(await store().remove([key], options())).toEqual([{ key, removed: true }])
  })

  promise('removal: none', async () => {
    expect(await store().remove([], options())).toEqual([])
  })

  promise('removal: as many as go at once, in the order of the keys', async () => {
    const bucket = await newBucket()
    const keys = Array.from({ length: bucket.capabilities.maxRemoveKeys }, (_, at) => `key-${at}`)
    for (const key of keys.slice(0, 20)) await putText(bucket, key, key)
    const outcomes = await bucket.remove(keys, options())
    expect(outcomes.map(outcome => outcome.key)).toEqual(keys)
    expect(outcomes.every(outcome => outcome.removed)).toBe(true)
    expect(await keysIn(bucket)).toEqual([])
  })

  promise('removal: names with signs, in one batch', async () => {
    const bucket = await newBucket()
    const keys = ['a b', 'a+b', 'a%20b', 'a&b<c>', `q'"`, 'é', '😀', 'x/y/z']
    for (const key of keys) await putText(bucket, key, key)
    const outcomes = await bucket.remove(keys, options())
    expect(outcomes).toEqual(keys.map(key => ({ key, removed: true })))
    expect(await keysIn(bucket)).toEqual([])
  })

  promise('removal: leaves what has a like name', async () => {
    const bucket = await newBucket()
    for (const key of ['a', 'a-b', 'a/b', 'ab']) {
      await putText(bucket, key === 'a' ? 'a!' : key, key)
    }
    await bucket.remove(['a/b'], options())
    expect(await keysIn(bucket)).toEqual(['a!', 'a-b', 'ab'])
  })

  promise('removal: the last of a folder takes nothing else along', async () => {
    const bucket = await newBucket()
    for (const key of ['f/g/one', 'f/two']) await putText(bucket, key, key)
    await bucket.remove(['f/g/one'], options())
    expect(await keysIn(bucket)).toEqual(['f/two'])
    expect(await bucket.bucket.exists(options())).toBe(true)
  })

  promise('removal: in a bucket that is not there removes nothing', async () => {
    await using missing = await service().open('no-such-bucket')
    const outcome = await missing.remove(['a'], options()).catch((error: unknown) => error)
    if (!(outcome instanceof Error)) {
      expect(outcome).toHaveLength(1) // absent is absent
    }
  })
}
