import { dirname, isAbsolute, join } from 'node:path'
import { FerryError } from '../../core/errors.ts'
import { isObject } from './json-object.ts'
import { readRouteFile, type RouteFile, type ValuePath } from './route-file.ts'
import type { RouteFindings } from './route-findings.ts'

const MOST_STEPS = 32

export interface ReferencedValue {
  readonly file: RouteFile
  readonly path: ValuePath
  readonly value: unknown
}

/** Follows `$ref` within a file and into others beside it; each file is read once. */
export class References {
  readonly #findings: RouteFindings
  readonly #files = new Map<string, RouteFile>()

  constructor(findings: RouteFindings) {
    this.#findings = findings
  }

  /** The value, then what it refers to, then what that refers to. What leads nowhere becomes a finding. */
  async follow(start: ReferencedValue): Promise<ReferencedValue[]> {
    const found = [start]
    let last = start
    while (isObject(last.value) && typeof last.value['$ref'] === 'string') {
      const reference = last.value['$ref']
      const target =
        found.length > MOST_STEPS ? 'refers to itself' : await this.#resolve(last.file, reference)
      if (typeof target === 'string') {
        this.#findings.add(last.file, [...last.path, '$ref'], `\`${reference}\` ${target}`)
        break
      }
      found.push(target)
      last = target
    }
    return found
  }

  /** A text says why there is nothing. */
  async #resolve(from: RouteFile, reference: string): Promise<ReferencedValue | string> {
    const [name = '', pointer = ''] = reference.split('#', 2)
    if (/^[a-z][a-z0-9+.-]+:/i.test(name)) return 'is not a file: bring it here, and refer to that'
    const file = name === '' ? from : await this.#open(from, unescape(name))
    if (file === undefined) return 'is in a file that does not exist'
    const path = pointer.split('/').slice(1).map(tokenOf)
    let value = file.content
    for (const key of path) {
      if (Array.isArray(value)) value = Object.fromEntries(value.entries())
      if (!isObject(value) || !Object.hasOwn(value, key)) return 'leads to nothing'
      value = value[key]
    }
    return { file, path, value }
  }

  async #open(from: RouteFile, name: string): Promise<RouteFile | undefined> {
    const beside = (file: string): string => (isAbsolute(name) ? name : join(dirname(file), name))
    const path = beside(from.absolutePath)
    if (path === from.absolutePath) return from
    const known = this.#files.get(path)
    if (known !== undefined) return known
    try {
      const file = await readRouteFile(path, beside(from.name))
      this.#files.set(path, file)
      return file
    } catch (error) {
      if (error instanceof FerryError && error.code === 'INPUT_MISSING') return undefined
      throw error
    }
  }
}

/** A token of a JSON pointer (RFC 6901) in a fragment. */
function tokenOf(token: string): string {
  return unescape(token).replaceAll('~1', '/').replaceAll('~0', '~')
}

function unescape(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // not an escape, so it is meant as it is
  }
}
