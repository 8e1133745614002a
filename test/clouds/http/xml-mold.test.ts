import fc from 'fast-check'
import { expect, test } from 'vitest'
import { childrenNamed, childText, escapeXml, parseXml } from '../../../src/clouds/http/xml.ts'
import { XmlReader } from '../../../src/clouds/http/xml-reader.ts'

/** Ways to write a row of three texts; of some, no mold is made. */
const LAYOUTS: readonly ((a: string, b: string, c: string) => string)[] = [
  (a, b, c) => `<Row><A>${a}</A><B>${b}</B><C>${c}</C></Row>`,
  (a, b, c) => `<Row><C>${c}</C><A>${a}</A><B>${b}</B></Row>`,
  (a, b, c) => `\n  <Row>\n    <A>${a}</A>\n    <B>${b}</B>\n    <C>${c}</C>\n  </Row>`,
  (a, b, c) => `<s3:Row x="1"><s3:A>${a}</s3:A><B y=">">${b}</B><In><C>${c}</C></In></s3:Row>`,
  (a, b, c) => `<Row><!-- <A> --><A>${a}</A><B>${b}</B><C>${c}</C></Row >`,
  (a, b) => `<Row><A>${a}</A><B>${b}</B><C/></Row>`,
]

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }).filter(value => value.isWellFormed()),
  fc.constantFrom('', '"', '<&>', ' '),
)
const row = fc.record({
  layout: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.nat(LAYOUTS.length - 1)),
  texts: fc.tuple(text, text, text),
})

type Texts = readonly (string | undefined)[]

function readTree(document: string): readonly Texts[] {
  return childrenNamed(parseXml(document), 'Row').map(one => {
    const inner = childrenNamed(one, 'In')[0]
    return [
      childText(one, 'A'),
      childText(one, 'B'),
      childText(one, 'C') ?? (inner && childText(inner, 'C')),
    ]
  })
}

/** As listings are read: an element in full, then those that are written alike. */
function readByMolds(document: string): { rows: readonly Texts[]; molded: number } {
  const xml = new XmlReader(document)
  const rows: Texts[] = []
  let molded = 0
  xml.child()
  for (let name = xml.child(); name !== undefined; name = xml.child()) {
    const texts = new Map<string, string>()
    const collect = (): void => {
      for (let tag = xml.child(); tag !== undefined; tag = xml.child()) {
        if (tag === 'In') collect()
        else texts.set(tag, xml.text())
      }
    }
    collect()
    const found = ['A', 'B', 'C'].map(tag => texts.get(tag))
    rows.push(found)
    const mold = xml.mold()
    if (mold === undefined) continue
    const take = (): Texts =>
      ['A', 'B', 'C'].map((tag, at) => {
        const nr = mold.names.indexOf(tag)
        return nr === -1 ? found[at] : mold.text(nr) // what has no text is the same in all
      })
    expect(take()).toEqual(found)
    for (; xml.passesAlike(mold); molded++) rows.push(take())
  }
  xml.end()
  return { rows, molded }
}

test('what is read by a mold is what is read tag by tag, however rows are written', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 12 }), rows => {
      const written = rows.map(({ layout, texts: [a, b, c] }) =>
        LAYOUTS[layout]?.(escapeXml(a), escapeXml(b), escapeXml(c)),
      )
      const document = `<All>${written.join('')}\n</All>`
      expect(readByMolds(document).rows).toEqual(readTree(document))
    }),
  )
})

test('rows that are written alike are read by the mold of the first', () => {
  const rows = Array.from({ length: 10 }, (_, at) => `<Row><A>${at}</A><B>&lt;</B><C>c</C></Row>`)
  const { rows: found, molded } = readByMolds(`<All>${rows.join('')}</All>`)
  expect([found.length, molded, found[9]]).toEqual([10, 9, ['9', '<', 'c']])
})

test.for([
  ['cut off in a text', '<Row><A>1'],
  ['cut off in a tag', '<Row><A>1</A'],
  ['with another end', '<Row><A>1</B></Row>'],
  ['with an unknown entity', '<Row><A>&what;</A></Row>'],
  ['with text that has no end', '<Row><A>&#60</A></Row>'],
])('a row %s is an error behind others, too', ([, broken]) => {
  const read = (): unknown =>
    readByMolds(`<All><Row><A>1</A></Row><Row><A>2</A></Row>${broken}</All>`)
  expect(read).toThrow(SyntaxError)
})
