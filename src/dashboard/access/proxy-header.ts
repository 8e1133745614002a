import { BlockList, isIP } from 'node:net'

export interface ProxyHeader {
  readonly name: string
  /** Ranges of addresses. */
  readonly from: readonly string[]
}

/** Reads the name of the reader that a proxy sets, and believes nobody else. */
export function trustHeader({ name, from }: ProxyHeader) {
  const trusted = new BlockList()
  for (const range of from) {
    const [address = '', bits] = range.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    trusted.addSubnet(address, Number(bits ?? (family === 'ipv6' ? 128 : 32)), family)
  }
  return (remote: string | undefined, header: (name: string) => string | undefined) => {
    const address = (remote ?? '').replace(/^::ffff:(?=\d+\.)/, '')
    const family = isIP(address)
    if (family === 0 || !trusted.check(address, family === 6 ? 'ipv6' : 'ipv4')) return undefined
    const reader = header(name)?.trim()
    return reader === undefined || reader === '' || reader.length > 200 ? undefined : reader
  }
}
