import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { XmlReader } from '../../../src/clouds/http/xml-reader.ts'
import { childText, escapeXml, parseXml, type XmlElement } from '../../../src/clouds/http/xml.ts'

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

/** A reader's way through a document: elements with children by their tags, others by their text. */
function readAll(document: string, shape: XmlElement): XmlElement {
  const xml = new XmlReader(document)
  const visit = (expected: XmlElement | undefined, name: string): XmlElement => {
    const { attributes } = xml
    const children: XmlElement[] = []
    if (expected === undefined || expected.children.length === 0) {
      return { name, attributes, text: xml.text(), children }
    }
    for (let child = xml.child(); child !== undefined; child = xml.child()) {
      children.push(visit(expected.children[children.length], child))
    }
    return { name, attributes, text: '', children }
  }
  const name = xml.child()
  if (name === undefined) throw new SyntaxError('no element')
  const root = visit(shape, name)
  xml.end()
  return root
}

const readers = [
  ['as a tree', parseXml],
  ['tag by tag', readAll],
] as const

describe.each(readers)('read %s', (_, read) => {
  test('a document reads as it was written', () => {
    fc.assert(
      fc.property(element, root => {
        const document = `<?xml version="1.0"?>\n<!-- > -->\n${print(root)}\n`
        expect(read(document, root)).toEqual(root)
      }),
    )
  })

  test('a document that was cut off anywhere is an error', () => {
    fc.assert(
      fc.property(element, fc.nat(), (root, at) => {
        const document = print(root)
        expect(() => read(document.slice(0, at % document.length), root)).toThrow(SyntaxError)
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
      '<a>&amp</a>',
      '<a>&#x110000;</a>',
      '<a>&#;</a>',
    ])('%s', document => {
      expect(() => read(document, parseXml('<a><b/></a>'))).toThrow(SyntaxError)
    })
  })

  test('entities of all spellings', () => {
    const document = '<r><k>&quot;a&amp;b&lt;&#x20AC;&#128512;&apos;&gt;</k></r>'
    const root = read(document, parseXml('<r><k/></r>'))
    expect(childText(root, 'k')).toBe('"a&b<€😀\'>')
  })
})
