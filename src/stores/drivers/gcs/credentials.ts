/** Who asks. Nothing of it is ever printed. */
export interface Credentials {
  readonly project?: string | undefined
  readonly quotaProject?: string | undefined
  /** A bearer token that is good for a minute and more; none for nobody. */
  token(signal: AbortSignal): Promise<string | undefined>
  /** The service refused the token: the next is a new one. False where there is no other. */
  renew(): boolean
  /** Who signs URLs. @throws FerryError UNSUPPORTED */
  signer(signal: AbortSignal): Promise<Signer>
}

export interface Signer {
  /** The service account whose key it is. */
  readonly email: string
  /** With RSA and SHA-256. */
  sign(text: string): Promise<Buffer>
}
