import { LIKELY, SURE } from '../format.ts'
import { patternFormat } from '../pattern.ts'
import { USER_AGENT } from '../record.ts'

const START = String.raw`^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)`
const ADDRESS = String.raw`[0-9a-fA-F.:%]+`

/** The fields that IIS writes unless others are chosen (7 and 8.5), where the header was lost; see W3C. */
export const iis = patternFormat({
  name: 'iis',
  title: 'IIS, default fields without their header',
  sureness: SURE,
  starts: '0-9',
  pattern: new RegExp(
    String.raw`${START} (?<server_ip>${ADDRESS}) (?<method>[A-Z_]+) (?<path>\S+) (?<query>\S+) (?<server_port>\d+) (?<user_id>\S+) (?<client_ip>${ADDRESS}) (?<user_agent>\S+)(?: (?<referrer>\S+))? (?<status>\d{3}) (?<substatus>\d+) (?<win32_status>\d+)(?: (?<bytes>\d+) (?<bytes_received>\d+))? (?<duration_ms>\d+)(?: (?<forwarded_for>${ADDRESS}(?:,\+?${ADDRESS})*|-))?$`,
  ),
  numbers: 'server_port substatus win32_status bytes_received',
  after: (record, _line, groups) => {
    record.setText(USER_AGENT, (groups.text('user_agent') ?? '').replaceAll('+', ' '))
  },
  samples: [
    {
      line: '2024-03-07 09:15:02 10.0.0.2 GET /cart x=1 443 - 203.0.113.9 Mozilla/5.0+(X11;+Linux) https://shop.example/ 404 0 2 31',
      expected: {
        time: '2024-03-07T09:15:02Z',
        client_ip: '203.0.113.9',
        method: 'GET',
        path: '/cart',
        query: 'x=1',
        status: 404,
        duration_ms: 31,
        user_agent: 'Mozilla/5.0 (X11; Linux)',
        referrer: 'https://shop.example/',
        server_port: 443,
      },
    },
    {
      line: '2024-03-07 09:15:03 10.0.0.2 POST /orders - 80 jo 203.0.113.9 curl/8.5.0 200 0 0 7',
      expected: {
        time: '2024-03-07T09:15:03Z',
        client_ip: '203.0.113.9',
        user_id: 'jo',
        method: 'POST',
        path: '/orders',
        status: 200,
        duration_ms: 7,
        user_agent: 'curl/8.5.0',
      },
    },
  ],
})

/** What http.sys answers before IIS is asked (HTTPERR), without its header. */
export const httpErr = patternFormat({
  name: 'http-sys-error',
  title: 'http.sys errors without their header',
  sureness: LIKELY,
  starts: '0-9',
  pattern: new RegExp(
    String.raw`${START} (?<client_ip>${ADDRESS}) (?<client_port>\d+) (?<server_ip>${ADDRESS}) (?<server_port>\d+) (?:(?<protocol>HTTP/\d\.\d) (?<method>\S+) (?<url>.*?)|- - -) (?<status>\d{3}|-) (?<site>\d+|-) (?<event>\w+) (?<queue>\S+)$`,
  ),
  numbers: 'client_port server_port',
  samples: [
    {
      line: '2024-03-07 09:15:02 203.0.113.9 51514 10.0.0.2 443 HTTP/1.1 GET /../etc 400 - URL -',
      expected: {
        time: '2024-03-07T09:15:02Z',
        client_ip: '203.0.113.9',
        method: 'GET',
        path: '/../etc',
        status: 400,
        event: 'URL',
        protocol: 'HTTP/1.1',
      },
    },
    {
      line: '2024-03-07 09:15:03 203.0.113.9 51515 10.0.0.2 443 - - - - - Timer_ConnectionIdle -',
      expected: {
        time: '2024-03-07T09:15:03Z',
        client_ip: '203.0.113.9',
        event: 'Timer_ConnectionIdle',
        server_port: 443,
      },
    },
  ],
})
