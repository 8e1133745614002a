import { pathKeyFault } from '../../../src/formats/object-key.ts'
import { codeOf, contentOf, exists, expect, keysIn, options, putText, type Suite } from './suite.ts'

const LONGEST = 1_024

/** Names as people and programs make them. What a path cannot be is refused by `file`. */
const KEYS: readonly (readonly [string, string])[] = [
  ['a plain name', 'report.csv'],
  ['folders', 'results/2026-03-01/kpi.csv'],
  ['a space', 'monthly report.csv'],
  ['spaces at both ends', ' report '],
  ['a plus', 'a+b.csv'],
  ['a percent sign', '100%.csv'],
  ['what looks escaped', 'a%20b%2Fc.csv'],
  ['a question mark and a hash', 'what?#now.csv'],
  ['ampersand, equals, semicolon', 'a&b=c;d.csv'],
  ['quotes', `it's "so".csv`],
  ['angle brackets', '<tag>.xml'],
  ['brackets and braces', '[a]{b}(c).csv'],
  ['a backslash', 'a\\b.csv'],
  ['a star and a pipe', 'a*b|c.csv'],
  ['a tilde and a caret', '~a^b`c.csv'],
  ['a colon and an at', 'a:b@c.csv'],
  ['a comma and a dollar', 'a,b$c!.csv'],
  ['a leading dot', '.hidden'],
  ['a leading dash', '-rf'],
  ['a folder with a leading dot', '.ferry/state.json'],
  ['dots inside', 'a..b...c'],
  ['accents, composed', 'caf\u00e9.csv'],
  ['accents, decomposed', 'cafe\u0301.csv'],
  ['Greek, Cyrillic, Chinese', 'αβγ/дом/数据.csv'],
  ['right to left', 'עברית.csv'],
  ['a character beyond the basic plane', 'emoji-\u{1f600}.csv'],
  ['a character that joins', '\u{1f469}\u200d\u{1f4bb}.csv'],
  ['a non-breaking space', 'a\u00a0b.csv'],
  ['the last character of the basic plane', 'a\ufffd.csv'],
  ['a tab', 'a\tb.csv'],
  ['a line break', 'line\nbreak'],
  ['a control character', 'bell\u0007.csv'],
  ['a trailing slash', 'folder/'],
  ['two slashes', 'a//b.csv'],
  ['a leading slash', '/a.csv'],
  ['a dot as a folder', 'a/./b.csv'],
  ['two dots as a folder', 'a/../b.csv'],
  ['a way out', '../../etc/passwd'],
  ['the longest name, in folders', `${'f'.repeat(250)}/`.repeat(4) + 'x'.repeat(LONGEST - 1_004)],
  ['the longest name, of two bytes a character', `${'é'.repeat(120)}/`.repeat(4) + 'é'.repeat(30)],
]

export function names({ row, store, capabilities, newBucket, promise }: Suite): void {
  for (const [what, key] of KEYS) {
    promise(`names: ${what}`, async () => {
      const bucket = await newBucket()
      const isImpossible = capabilities().keys === 'paths' && pathKeyFault(key) !== undefined
      if (isImpossible || row.refusedKeys.includes(key)) {
        expect(await codeOf(putText(bucket, key, 'no'))).not.toBe('none')
        expect(await keysIn(bucket)).toEqual([])
        return
      }
      const info = await putText(bucket, key, what)
      expect(info.key).toBe(key)
      expect((await contentOf(bucket, key)).toString()).toBe(what)
      expect(await keysIn(bucket)).toEqual([key])
      expect(await keysIn(bucket, { prefix: key })).toEqual([key])
      expect(await bucket.remove([key], options())).toEqual([{ key, removed: true }])
      expect(await exists(bucket, key)).toBe(false)
    })
  }

  promise('names: one that is too long is refused', async () => {
    const key = `${'f'.repeat(250)}/`.repeat(20)
    expect(await codeOf(putText(store(), `${key}x`, 'no'))).toBe('KEY_INVALID')
  })

  promise('names: an empty one is refused', async () => {
    expect(await codeOf(putText(store(), '', 'no'))).toBe('KEY_INVALID')
  })

  promise('names: upper and lower case are two objects', async () => {
    const bucket = await newBucket()
    await putText(bucket, 'Name', 'upper')
    await putText(bucket, 'name', 'lower')
    expect((await contentOf(bucket, 'Name')).toString()).toBe('upper')
    expect((await contentOf(bucket, 'name')).toString()).toBe('lower')
  })
}
