/** A URL as it may be shown: its password and secret-looking parameters are `***`. */
export function maskUrl(url: string): string {
  return url
    .replace(/^([a-z][a-z0-9+.-]*:\/\/[^/@:\s]*):[^/@\s]*@/i, '$1:***@')
    .replace(/([?&](?:password|sig|secret|token|key|accountkey)=)[^&\s]*/gi, '$1***')
}
