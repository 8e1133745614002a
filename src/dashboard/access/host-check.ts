import { isIP } from 'node:net'

/** Whether nobody but this machine can reach an address. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true
  return isIP(host) === 4 && host.startsWith('127.')
}

/**
 * Where no login is asked for, a request must name this machine: a page of somebody else's, whose
 * name was made to point here (DNS rebinding), names itself.
 */
export function isOurHost(header: string | undefined): boolean {
  const [, host = ''] = /^(\[[^\]]+\]|[^:]+)(?::\d{1,5})?$/.exec(header ?? '') ?? []
  return isLoopback(host.replace(/^\[(.*)\]$/, '$1').toLowerCase())
}
