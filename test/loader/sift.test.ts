import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { sift } from '../../src/loader/sift.ts'
import { column } from './deliver.ts'

test('rows are spread over as many files as are asked for, with a text for NULL', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ferry-sift-'))
  try {
    const lines = Array.from({ length: 1_600 }, (_, id) => `${id},${id % 2 === 0 ? '' : '""'}\n`)
    const text = `id,note\n${lines.join('')}1600,\\N\n`
    async function* open() {
      yield Buffer.from(text)
    }
    const sifted = await sift([{ url: 'part', bytes: 1, crc32c: '00000000' }], {
      columns: [column('id', 'integer'), column('note', 'text')],
      notNull: ['id'],
      fit: (_, value) => ({ text: value }),
      open,
      folder,
      spread: 3,
      nullText: '\\N',
      rejectedFile: join(folder, 'rejected.csv.zst'),
    })
    expect(sifted.files.map(file => file.rows)).toEqual([600, 500, 500])
    const written = await Promise.all(
      sifted.files.map(async ({ path }) =>
        gunzipSync(await readFile(path))
          .toString()
          .split('\n'),
      ),
    )
    expect(written.map(rows => rows[0])).toEqual(['id,note', 'id,note', 'id,note'])
    const rows = written.flatMap(all => all.slice(1, -1)).sort((a, b) => parseInt(a) - parseInt(b))
    expect(rows).toEqual(lines.map(line => line.trim().replace(/,$/, ',\\N')))
    const kept = zstdDecompressSync(await readFile(join(folder, 'rejected.csv.zst'))).toString()
    expect(kept).toContain('part,1602,note,it is the text that stands for NULL,')
  } finally {
    await rm(folder, { recursive: true })
  }
})
