import { nearestName } from '../../core/nearest.ts'
import { parseTemplate } from './parse-template.ts'
import type { RouteRule } from './route-rule.ts'

/** Of HTTP, WebDAV, and what caches and UPnP add; others are taken unless they look like one of these. */
const METHODS = `GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH QUERY
  PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK REPORT SEARCH MKCALENDAR MKACTIVITY MERGE CHECKOUT
  ACL BIND UNBIND REBIND LINK UNLINK PURGE BAN SUBSCRIBE UNSUBSCRIBE NOTIFY SOURCE`.split(/\s+/)

const FORM = 'a route is written `METHOD /path`, `METHOD,METHOD host/path` or `/path`'

/**
 * Parses `PATCH /api/v1/tasks/:id`: methods (with `,` or `|` between them; none or `*`: any), a host
 * (`api.example.com/users`, `*.example.com/`, `//host/`, `https://host/`), and a path with parameters (`:id`,
 * `{id}`, in a segment too) and wildcards. A text says what is wrong with it.
 */
export function parseRule(text: string): Omit<RouteRule, 'name' | 'place'> | string {
  const [, head = '', target = ''] = /^(?:(.*\S)\s+)?(\S+)$/.exec(text.trim()) ?? []
  const methods = parseMethods(head)
  if (typeof methods === 'string') return methods
  const [, scheme = '', host = '', path = ''] =
    /^(https?:\/\/|\/\/)?([^/]*)(\/.*)?$/i.exec(target) ?? []
  if (path === '') return `\`${text}\` has no path; ${FORM}`
  if (scheme !== '' && host === '') return `\`${text}\` has no host behind \`${scheme}\``
  if (host !== '' && !isHost(host))
    return host.includes(':')
      ? `\`${text}\`: ports are not compared; leave it out of \`${host}\``
      : `\`${host}\` is not a host such as \`api.example.com\` or \`*.example.com\`; ${FORM}`
  if (/[?#]/.test(path))
    return `\`${text}\`: what follows \`?\` or \`#\` is not compared (a literal one is written %3F, %23)`
  const style = path.includes('{') ? 'braces' : 'colons'
  if (style === 'colons' && path.includes('('))
    return `\`${text}\`: \`(...)\` is not known here: write a route for each form (a literal one is written %28)`
  const template = parseTemplate(path, style)
  if (typeof template === 'string') return `\`${text}\` ${template}`
  return { ...template, methods, host: host === '' ? undefined : host.toLowerCase(), text }
}

/** Parses `METHOD /path: name`, as it stands in a mapping. A text says what is wrong with it. */
export function parseNamedRule(text: string, name: unknown): Omit<RouteRule, 'place'> | string {
  const rule = parseRule(text)
  if (typeof name !== 'string' || name.trim() === '')
    return typeof rule === 'string' ? rule : `the name of \`${text}\` is not a text`
  if (typeof rule !== 'string') return { ...rule, name: name.trim() }
  const isTurned = !text.includes('/') && typeof parseRule(name) !== 'string'
  return isTurned ? `${rule}: turn it around, \`${name}: ${text}\`` : rule
}

/** `api.example.com`, or `*.example.com`. */
export function isHost(text: string): boolean {
  return /^(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/i.test(text)
}

function parseMethods(head: string): string[] | string {
  if (head === '' || head === '*') return []
  const methods = head.toUpperCase().split(/\s*[,|]\s*|\s+/)
  for (const method of methods) {
    if (!/^[A-Z][A-Z-]*$/.test(method)) return `\`${method}\` is not a method; ${FORM}`
    const near = METHODS.includes(method) ? undefined : nearestName(method, METHODS)
    if (near !== undefined) return `\`${method}\` is not a method; did you mean \`${near}\`?`
  }
  return [...new Set(methods)]
}
