import { maskUrl } from '../core/mask-url.ts'
import { FerryError } from '../core/errors.ts'
import type { AuthConfig } from './config.ts'

/** Shorter texts are words that may stand anywhere. */
const SHORTEST = 4

/** Knows the secrets of a source, and keeps them out of whatever is said. */
export class Redactor {
  readonly #secrets = new Set<string>()

  add(secret: string): void {
    if (secret.length < SHORTEST) return
    for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]) {
      this.#secrets.add(form)
    }
  }

  text(given: string): string {
    let text = maskUrl(given)
    // The longest first: one secret may be a part of another.
    const secrets = [...this.#secrets].sort((a, b) => b.length - a.length)
    for (const secret of secrets) text = text.replaceAll(secret, '***')
    return text
  }

  /** The same error without secrets. Its causes, which hold requests and answers, do not go on. */
  error(error: unknown): unknown {
    if (!(error instanceof FerryError)) {
      if (!(error instanceof Error)) return error
      const clean = new Error(this.text(error.message))
      clean.stack = this.text(error.stack ?? error.message)
      return clean
    }
    const { code, message, hint, details } = error
    return new FerryError(code, this.text(message), {
      hint: hint === undefined ? undefined : this.text(hint),
      details,
    })
  }
}

/** With the secrets that ferry.yaml names for a source. */
export function redactorOf(
  auth: AuthConfig | undefined,
  headers: Readonly<Record<string, string>>,
): Redactor {
  const redactor = new Redactor()
  const { bearer, basic, key, oauth } = auth ?? {}
  for (const secret of [bearer, basic?.password, key?.value, oauth?.client_secret]) {
    if (secret !== undefined) redactor.add(secret)
  }
  if (basic !== undefined) redactor.add(basicCredentials(basic.user, basic.password))
  for (const [name, value] of Object.entries(headers)) {
    if (/auth|key|token|secret|cookie/i.test(name)) redactor.add(value)
  }
  return redactor
}

/** What follows `Basic ` in a header (RFC 7617). */
export function basicCredentials(user: string, password: string): string {
  return Buffer.from(`${user}:${password}`).toString('base64')
}
