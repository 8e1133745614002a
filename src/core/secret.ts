import { inspect } from 'node:util'

/** A string that prints as `***` everywhere; `reveal()` is the only way to its value. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  reveal(): string {
    return this.#value
  }

  toString(): string {
    return '***'
  }

  toJSON(): string {
    return '***'
  }

  [inspect.custom](): string {
    return '***'
  }
}

/** A URL as it may be shown: its password and secret-looking parameters are `***`. */
export function maskUrl(url: string): string {
  return url
    .replace(/^([a-z][a-z0-9+.-]*:\/\/[^/@:\s]*):[^/@\s]*@/i, '$1:***@')
    .replace(/([?&](?:password|sig|secret|token|key|accountkey)=)[^&\s]*/gi, '$1***')
}
