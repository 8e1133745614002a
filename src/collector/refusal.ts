/** Why a request was not taken. `kind` names the reason in metrics and logs; it is one of few. */
export type RefusalKind =
  | 'body_invalid'
  | 'body_too_large'
  | 'rows_too_large'
  | 'content_type'
  | 'encoding'
  | 'field_missing'
  | 'field_invalid'
  | 'session_mismatch'
  | 'signature'
  | 'write_key'

/** Thrown while a request is read; becomes its answer. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly kind: RefusalKind

  constructor(kind: RefusalKind, message: string) {
    super(message)
    this.kind = kind
  }
}
