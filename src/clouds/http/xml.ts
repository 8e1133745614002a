import { endOfMarkup, localName, resolveEntities } from './xml-syntax.ts'

/** An element of an answer's XML. */
export interface XmlElement {
  /** Without its namespace's prefix. */
  readonly name: string
  /** As they stand after the name, such as `Encoded="true"`: services hardly say anything in them. */
  readonly attributes: string
  readonly children: readonly XmlElement[]
  /** What stands in it besides elements, entities resolved. */
  readonly text: string
}

interface OpenElement {
  readonly name: string
  readonly attributes: string
  readonly children: XmlElement[]
  text: string
}

/**
 * Reads a whole XML document, strictly: one that was cut off, or whose tags do not match, is a
 * SyntaxError. By hand, as the pages of a listing are most of what a sync reads, and this takes a
 * fifth of a general parser's time; S3 needs no more of XML than tags, text and entities.
 */
export function parseXml(document: string): XmlElement {
  const root: OpenElement = { name: '', attributes: '', children: [], text: '' }
  const open: OpenElement[] = [root]
  let at = 0
  for (;;) {
    const parent = open.at(-1) ?? root
    const start = document.indexOf('<', at)
    const between = document.slice(at, start === -1 ? undefined : start)
    if (between !== '') parent.text += between.includes('&') ? resolveEntities(between) : between
    if (start === -1) break
    const end = endOfMarkup(document, start)
    const mark = document.charCodeAt(start + 1)
    if (mark === SLASH) {
      const name = localName(document.slice(start + 2, end - 1))
      if (open.length < 2 || parent.name !== name) throw new SyntaxError(`unexpected </${name}>`)
      open.pop()
    } else if (mark !== QUESTION && mark !== EXCLAMATION) {
      const isEmpty = document.charCodeAt(end - 2) === SLASH
      const tag = document.slice(start + 1, isEmpty ? end - 2 : end - 1)
      const [head = ''] = /^[^\s]*/.exec(tag) ?? []
      const element = {
        name: localName(head),
        attributes: tag.slice(head.length).trim(),
        children: [],
        text: '',
      }
      parent.children.push(element)
      if (!isEmpty) open.push(element)
    }
    at = end
  }
  const [element, ...others] = root.children
  if (open.length > 1) throw new SyntaxError(`<${open.at(-1)?.name}> has no end`)
  if (element === undefined || others.length > 0 || root.text.trim() !== '') {
    throw new SyntaxError('not one XML document')
  }
  return element
}

const SLASH = 0x2f
const QUESTION = 0x3f
const EXCLAMATION = 0x21

/** The text of a child, or undefined where there is none. */
export function childText(element: XmlElement, name: string): string | undefined {
  return element.children.find(child => child.name === name)?.text
}

export function childrenNamed(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.filter(child => child.name === name)
}

/** Text as it may stand in XML. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"'\r\n\t]/g, character => `&#${character.charCodeAt(0)};`)
}
