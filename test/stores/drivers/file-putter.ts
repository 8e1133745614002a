/** Puts objects of one byte value each over a key, again and again, until it is killed. */
import { openStore } from '../../../src/stores/open-store.ts'

const [, , bucket = '', key = '', value = '0'] = process.argv
const logger = { debug: () => {}, info: () => {}, warn: () => {} }
const store = await openStore({ scheme: 'file', bucket, key: '' }, { environment: {}, logger })
const bytes = Buffer.alloc(8_000_000, Number(value))
for (;;) {
  await store.put(key, bytes, { signal: new AbortController().signal })
  process.stdout.write('.')
}
