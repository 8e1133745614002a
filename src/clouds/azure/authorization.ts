/** A request to sign. */
export interface Signable {
  readonly method: string
  /** Escaped, without the query. */
  readonly path: string
  /** Not escaped. */
  readonly query: Readonly<Record<string, string>>
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
}

/** What a request must carry to be let in. Both are secret. */
export interface Authorization {
  readonly headers: Readonly<Record<string, string>>
  /** Escaped; a part of the URL's query. */
  readonly query: string
}

/** One way to prove who asks. */
export interface Authorizer {
  readonly kind: 'key' | 'sas' | 'token'
  authorize(request: Signable, signal: AbortSignal): Authorization | Promise<Authorization>
  /** When what it proves with ends, where it tells. */
  readonly expiresAt?: Date | undefined
}

/** The signature, made by someone with a key, is a part of every URL. */
export function sasAuthorizer(sas: string): Authorizer {
  const authorization = { headers: {}, query: sas }
  const end = new Date(new URLSearchParams(sas).get('se') ?? NaN)
  return {
    kind: 'sas',
    authorize: () => authorization,
    ...(Number.isNaN(end.getTime()) ? {} : { expiresAt: end }),
  }
}
