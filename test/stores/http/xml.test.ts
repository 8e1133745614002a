import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { childText, escapeXml, parseXml, type XmlElement } from '../../../src/stores/http/xml.ts'

const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,6}$/)
const attributes = fc.constantFrom('', 'xmlns="u"', 'Encoded=\'true\' b=""')
const text = fc.string({ unit: 'grapheme' }).filter(value => value.isWellFormed())

const { element } = fc.letrec<{ element: XmlElement }>(tie => ({
  element: fc.oneof(
    { maxDepth: 4 },
    fc.record({ name, attributes, text, children: fc.constant([]) }),
    fc.record({
      name,
      attributes,
      text: fc.constant(''),
      children: fc.array(tie('element'), { maxLength: 4 }),
    }),
  ),
}))

function print({ name, attributes, text, children }: XmlElement): string {
  const content = `${escapeXml(text)}${children.map(print).join('')}`
  const tag = attributes === '' ? name : `${name} ${attributes}`
  return content === '' ? `<s3:${tag} />` : `<${tag}>${content}</${name}>`
}

test('a document reads as it was written', () => {
  fc.assert(
    fc.property(element, root => {
      const document = `<?xml version="1.0"?>\n<!-- > -->\n${print(root)}\n`
      expect(parseXml(document)).toEqual(root)
    }),
  )
})

test('a document that was cut off anywhere is an error', () => {
  fc.assert(
    fc.property(element, fc.nat(), (root, at) => {
      const document = print(root)
      expect(() => parseXml(document.slice(0, at % document.length))).toThrow(SyntaxError)
    }),
  )
})

describe('what is no document', () => {
  test.each([
    '',
    'text',
    '<a>',
    '<a></b>',
    '</a>',
    '<a/><b/>',
    '<a/>text',
    '<a>&no;</a>',
    '<>',
    '<a',
  ])('%s', document => {
    expect(() => parseXml(document)).toThrow(SyntaxError)
  })
})

test('entities of all spellings', () => {
  const root = parseXml('<r><k>&quot;a&amp;b&lt;&#x20AC;&#128512;&apos;&gt;</k></r>')
  expect(childText(root, 'k')).toBe('"a&b<€😀\'>')
})
