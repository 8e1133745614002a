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
