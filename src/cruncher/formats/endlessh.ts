import { SURE } from '../format.ts'
import { addPairs } from '../pairs.ts'
import { patternFormat } from '../pattern.ts'

/** endlessh: who came and went, and what it was set to. */
export const endlessh = patternFormat({
  name: 'endlessh',
  title: 'endlessh',
  sureness: SURE,
  starts: '0-9',
  pattern:
    /^(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (?<event>ACCEPT|CLOSE|TOTALS|Port|Delay|MaxLineLength|MaxClients|BindFamily)(?: (?:host=(?:::ffff:)?(?<client_ip>\S+) port=(?<client_port>\d+) )?(?<message>.*))?$/,
  numbers: 'client_port',
  after: (record, _line, groups) => addPairs(record, groups.text('message') ?? ''),
  samples: [
    {
      line: '2024-03-07T09:15:02.521Z CLOSE host=203.0.113.9 port=51514 fd=4 time=20.013 bytes=40',
      expected: {
        time: '2024-03-07T09:15:02.521Z',
        offset: 0,
        event: 'CLOSE',
        client_ip: '203.0.113.9',
        client_port: 51514,
        fd: '4',
        message: 'fd=4 time=20.013 bytes=40',
      },
    },
    {
      line: '2024-03-07T09:15:03.000Z Port 22',
      expected: { time: '2024-03-07T09:15:03Z', offset: 0, event: 'Port', message: '22' },
    },
  ],
})
