import { BlockList, isIP } from 'node:net'
import { type IpPolicy, maskAddress } from './ip-mask.ts'

/** Finds out whose request it is, as far as that may be stored. */
export class ClientAddress {
  readonly #trusted: BlockList | undefined
  readonly #policy: IpPolicy
  /** The last one: requests of a connection come from one address. */
  #last = ''
  #stored: Uint8Array = new Uint8Array(0)

  /** `trusted`: proxies, as `10.0.0.0/8`; checked where the configuration is read. */
  constructor(trusted: readonly string[], policy: IpPolicy) {
    this.#policy = policy
    if (trusted.length === 0) return
    this.#trusted = new BlockList()
    for (const range of trusted) {
      const [address = '', bits] = range.split('/')
      const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
      this.#trusted.addSubnet(address, Number(bits ?? (family === 'ipv6' ? 128 : 32)), family)
    }
  }

  /**
   * The address to store, for who is at the other end of the connection. A proxy that we trust says
   * whom it speaks for in X-Forwarded-For, whose last entry that is no such proxy is the client;
   * what stands before that one is anybody's claim.
   */
  find(remote: string, forwarded: string | undefined): Uint8Array {
    let address = plain(remote)
    if (this.#trusted !== undefined && forwarded !== undefined) {
      const hops = forwarded.split(',').map(hop => plain(hop.trim()))
      while (this.#isTrusted(address) && hops.length > 0) address = hops.pop() ?? address
    }
    if (address === this.#last) return this.#stored
    this.#last = address
    this.#stored = Buffer.from(this.#storable(address), 'latin1')
    return this.#stored
  }

  #storable(address: string): string {
    if (this.#policy === 'drop' || isIP(address) === 0) return ''
    return this.#policy === 'keep' ? address : (maskAddress(address) ?? '')
  }

  #isTrusted(address: string): boolean {
    const family = isIP(address)
    if (family === 0) return false
    return this.#trusted?.check(address, family === 6 ? 'ipv6' : 'ipv4') ?? false
  }
}

/** An IPv4 address that a socket for both families writes as IPv6. */
function plain(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address
}
