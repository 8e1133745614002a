import { expect, test } from 'vitest'
import { ClientAddress } from '../../src/collector/client-address.ts'
import { CollectorProject, collection } from '../support/collector.ts'
import { maskAddress } from '../../src/collector/ip-mask.ts'

test.each([
  ['192.0.2.77', '192.0.2.0'],
  ['::ffff:192.0.2.77', '192.0.2.0'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1::'],
  ['2001:db8::6', '2001:db8:0::'],
  ['2001:0db8:0001::', '2001:db8:1::'],
  ['::1', '0:0:0::'],
  ['fe80::1%eth0', 'fe80:0:0::'],
  ['64:ff9b::192.0.2.77', '64:ff9b:0::'],
  ['192.0.2.256', undefined],
  ['192.0.2', undefined],
  ['somebody', undefined],
  ['', undefined],
])('the network of %j is %j', (address, network) => {
  expect(maskAddress(address)).toBe(network)
})

const PROXIES = ['10.0.0.0/8', '2001:db8:a::/48']

test.each<[what: string, remote: string, forwarded: string | undefined, client: string]>([
  ['no proxy', '198.51.100.7', undefined, '198.51.100.7'],
  ['a client that claims to be a proxy', '198.51.100.7', '203.0.113.9', '198.51.100.7'],
  ['a proxy', '10.1.2.3', '203.0.113.9', '203.0.113.9'],
  ['a proxy that says nothing', '10.1.2.3', undefined, '10.1.2.3'],
  ['a proxy, on a socket for both families', '::ffff:10.1.2.3', '203.0.113.9', '203.0.113.9'],
  ['a proxy of IPv6', '2001:db8:a::1', '2001:db8:b::9', '2001:db8:b::9'],
  ['two proxies', '10.1.2.3', '203.0.113.9, 10.9.9.9', '203.0.113.9'],
  ['what the client itself has put in front', '10.1.2.3', '1.1.1.1, 203.0.113.9', '203.0.113.9'],
  ['what is no address', '10.1.2.3', 'unknown', ''],
])('the client behind %s', (_, remote, forwarded, client) => {
  const found = (policy: 'keep' | 'drop'): string =>
    Buffer.from(new ClientAddress(PROXIES, policy).find(remote, forwarded)).toString()
  expect(found('keep')).toBe(client)
  expect(found('drop')).toBe('')
})

test.each([
  ['true', ['192.0.2.0', '2001:db8:1::', '']],
  ['drop', ['', '', '']],
  ['false', ['192.0.2.77', '2001:db8:1:2::3', 'home']],
])('with mask_ip: %s no other address of an event is on the disk', async (mask, kept) => {
  await using project = await CollectorProject.make(
    `{ workers: 1, mask_ip: ${mask}, compress: none, segment: { age: 1h } }`,
  )
  const collector = await project.start()
  const addresses = ['192.0.2.77', '2001:db8:1:2::3', 'home']
  const payloads = addresses.map((ip, nr) => ({ at: '1700000000', event: 'open', nr, ip }))
  const answer = await fetch(`${collector.url}/api/v1/track`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(collection(payloads)),
  })
  expect(answer.status).toBe(200)
  const spool = await project.spooled()
  for (const address of addresses) {
    expect([address, spool.includes(address)]).toEqual([address, mask === 'false'])
  }
  expect(await collector.stop()).toBe(0)
  expect((await project.deliveredText()).split('\n').flatMap(ipOf)).toEqual(kept)
})

/** The 21st column. */
const ipOf = (row: string): string[] => (row === '' ? [] : [row.split('\u0001')[20] ?? ''])
