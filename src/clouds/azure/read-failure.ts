import { textHeader } from '../http/headers.ts'
import type { WireAnswer } from '../http/transport.ts'
import { childText, parseXml } from '../http/xml.ts'

/** An answer that is none of success, as far as it can be read. */
export interface AzureFailure {
  readonly status: number
  readonly headers: WireAnswer['headers']
  /** The service's own code; empty where it gave none. */
  readonly code: string
  readonly message: string
}

/** What a failed answer says; one that is no XML (a proxy's page) says its status only. */
export function readFailure(
  { status, headers }: Omit<WireAnswer, 'body'>,
  text: string,
): AzureFailure {
  const told = textHeader(headers, 'x-ms-error-code') ?? ''
  try {
    const error = parseXml(text.replace(/^\uFEFF/, ''))
    // The lines after the first are the request's id and time; other elements may tell of secrets.
    const [message = ''] = (childText(error, 'Message') ?? '').split('\n')
    return { status, headers, code: told || (childText(error, 'Code') ?? ''), message }
  } catch {
    return { status, headers, code: told, message: '' }
  }
}
