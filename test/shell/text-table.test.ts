import { expect, test } from 'vitest'
import type { Row } from '../../src/databases/dialect.ts'
import { tableLines } from '../../src/shell/text-table.ts'

async function table(names: readonly string[], batches: readonly (readonly Row[])[]) {
  const columns = names.map(name => ({ name, type: 'VARCHAR' }))
  async function* read() {
    yield* batches
  }
  return (await Array.fromAsync(tableLines({ columns, batches: read() }))).join('')
}

test('numbers stand right, everything else left, also when it is wide', async () => {
  expect(
    await table(
      ['n', 'text'],
      [
        [
          [1, '東京'],
          [-22.5, 'e\u0301x'],
          [null, '🚀'],
          [3n, 'abcd'],
        ],
      ],
    ),
  ).toBe(
    [
      '    n  text',
      '-----  ----',
      '    1  東京',
      '-22.5  e\u0301x',
      ' NULL  🚀',
      '    3  abcd',
      '',
    ].join('\n'),
  )
})

test('control characters cannot reach the terminal, long values are cut', async () => {
  const text = await table(['a'], [[['x\n\r\t\u001b[31m'], ['y'.repeat(300)]]])
  expect(text).toContain('x\\n\\r\\t\\x1b[31m')
  expect(text).toContain(`${'y'.repeat(199)}…\n`)
  expect(text).not.toContain('\u001b')
})

test('a result without rows shows its columns', async () => {
  expect(await table(['a', 'bc'], [])).toBe('a  bc\n-  --\n')
})

test('rows after the first thousand keep the widths and all come', async () => {
  const batches = Array.from({ length: 30 }, (_, batch) =>
    Array.from({ length: 100 }, (_, row): Row => [batch * 100 + row, 'x']),
  )
  const lines = (await table(['n', 's'], batches)).split('\n')
  expect([lines.length, lines[2], lines[1001], lines[3001]]).toEqual([
    3003,
    '  0  x',
    '999  x',
    '2999  x',
  ])
})
