import { SURE } from '../format.ts'
import { addPairs } from '../pairs.ts'
import { patternFormat } from '../pattern.ts'
import { CLIENT_IP, USER_ID } from '../record.ts'

/** A name with odd characters is written in hexadecimal, without quotes; what is not known is `?`. */
const ACCOUNT = /\b(?:acct|user)="([^"]+)"/
const ADDRESS = /\baddr=([0-9a-fA-F:.]{3,})/

/** The Linux audit daemon: a serial number ties the lines of one event together. */
export const auditd = patternFormat({
  name: 'auditd',
  title: 'Linux audit',
  sureness: SURE,
  starts: 'tn',
  fields: { type: 'event' },
  pattern:
    /^(?:node=(?<host>\S+) )?type=(?<type>[A-Z0-9_[\]]+|UNKNOWN\[\d+\]) msg=audit\((?<time>\d{10}\.\d{3}):(?<serial>\d+)\): ?(?<message>.*)$/,
  numbers: 'serial',
  after: (record, _line, groups) => {
    // What a program says of itself stands in quotes, with pairs of its own.
    const text = (groups.text('message') ?? '').replace(/\bmsg='([^']*)'/, '$1')
    addPairs(record, text)
    const [, account] = ACCOUNT.exec(text) ?? []
    if (account !== undefined) record.setText(USER_ID, account)
    const [, address] = ADDRESS.exec(text) ?? []
    if (address !== undefined) record.setText(CLIENT_IP, address)
  },
  samples: [
    {
      line: 'type=USER_LOGIN msg=audit(1709802902.588:4686): pid=1643 uid=0 auid=1000 ses=3 msg=\'op=login acct="jo" exe="/usr/sbin/sshd" hostname=web-3 addr=203.0.113.9 terminal=ssh res=failed\'',
      expected: {
        time: '2024-03-07T09:15:02.588Z',
        event: 'USER_LOGIN',
        serial: 4686,
        pid: '1643',
        auid: '1000',
        op: 'login',
        acct: 'jo',
        user_id: 'jo',
        client_ip: '203.0.113.9',
        addr: '203.0.113.9',
        res: 'failed',
        message:
          'pid=1643 uid=0 auid=1000 ses=3 msg=\'op=login acct="jo" exe="/usr/sbin/sshd" hostname=web-3 addr=203.0.113.9 terminal=ssh res=failed\'',
      },
    },
    {
      line: 'node=web-3 type=PATH msg=audit(1709802903.000:4687): item=0 name="/etc/shadow" nametype=NORMAL',
      expected: {
        time: '2024-03-07T09:15:03Z',
        host: 'web-3',
        event: 'PATH',
        name: '/etc/shadow',
        message: 'item=0 name="/etc/shadow" nametype=NORMAL',
      },
    },
  ],
})
