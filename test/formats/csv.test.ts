import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvLine, type Field, parseCsv } from '../../src/formats/csv.ts'

async function parse(chunks: readonly Uint8Array[]): Promise<(readonly Field[])[]> {
  const rows: (readonly Field[])[] = []
  async function* source(): AsyncGenerator<Uint8Array> {
    yield* chunks
  }
  for await (const batch of parseCsv(source())) rows.push(...batch)
  return rows
}

test('what is written is read back, however the bytes are cut', async () => {
  const field = fc.option(
    fc.string({ unit: fc.constantFrom(...Array.from('a",\n\r\t é🎉\\.\uFEFF')), maxLength: 6 }),
  )
  const rows = fc
    .integer({ min: 1, max: 4 })
    .chain(width => fc.array(fc.array(field, { minLength: width, maxLength: width })))
  await fc.assert(
    fc.asyncProperty(rows, fc.integer({ min: 1, max: 9 }), async (rows, size) => {
      const bytes = Buffer.from(rows.map(row => csvLine(row, ',')).join(''))
      const chunks = []
      for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size))
      expect(await parse(chunks)).toEqual(rows)
    }),
  )
})

test('an input that ends inside a row is an error, not a shorter result', async () => {
  for (const text of ['a,b', 'a,"b', '1,2\n3', '"x"']) {
    await expect(parse([Buffer.from(text)])).rejects.toThrow('middle of a row')
  }
})

test('one value of 30 MB in small pieces is read in seconds', async () => {
  const piece = Buffer.alloc(65_536, 'x')
  const started = performance.now()
  const [row] = await parse([Buffer.from('"'), ...Array(480).fill(piece), Buffer.from('"\n')])
  expect(row?.[0]).toHaveLength(480 * 65_536)
  expect(performance.now() - started).toBeLessThan(10_000)
})
