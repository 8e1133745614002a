import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const dist = join(import.meta.dirname, '../../dist')

// `import { z } from 'zod'` bundles its messages in fifty languages, 450 kB that every call of
// ferry would load; `import * as z from 'zod'` does not.
test('the bundle has one language of the schema library', () => {
  const texts = readdirSync(dist)
    .filter(name => /\.c?js$/.test(name))
    .map(name => readFileSync(join(dist, name), 'utf8'))
  expect(texts.some(text => text.includes('Invalid input: expected'))).toBe(true)
  expect(texts.filter(text => text.includes('Ungültige Eingabe'))).toEqual([])
})

// It is read byte by byte, which is quicker: esbuild escapes what is not ASCII in strings, and cannot in
// regular expressions and in String.raw.
test('the commands hold ASCII only', () => {
  const lines = readFileSync(join(dist, 'start.cjs'), 'latin1').split('\n')
  expect(lines.filter(line => /[^\x00-\x7f]/.test(line)).map(line => line.slice(0, 200))).toEqual(
    [],
  )
})
