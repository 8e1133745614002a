/** What makes a request one of ours. */
export interface Authentication {
  /** Headers and parameters to send. */
  authorize(signal: AbortSignal): Promise<Authorization>
  /** Whether another try can help after a 401: what was sent is then not sent again. */
  renew(sent: Authorization): boolean
}

export interface Authorization {
  readonly headers: Readonly<Record<string, string>>
  readonly params: Readonly<Record<string, string>>
}
