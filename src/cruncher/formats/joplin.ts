import { LIKELY } from '../format.ts'
import { patternFormat } from '../pattern.ts'

/** Joplin Server: what it did, by which part, a request with its client. */
export const joplin = patternFormat({
  name: 'joplin',
  title: 'Joplin Server',
  sureness: LIKELY,
  starts: '0-9',
  multiline: true,
  pattern:
    /^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d): (?:\[(?<level>[a-z]+)\] )?(?<logger>[A-Z]\w*): (?:(?<client_ip>[0-9a-fA-F.:]+): (?<size>[\d.]+ [kM]?B): (?<method>[A-Z]+) (?<url>\S+) \((?<status>\d{3})\) \((?<duration_ms>\d+)ms\)|(?<message>.*))$/,
  samples: [
    {
      line: '2024-03-07 09:15:02: App: 203.0.113.9: 38 B: POST /login (403) (1ms)',
      expected: {
        time: '2024-03-07T09:15:02Z',
        logger: 'App',
        client_ip: '203.0.113.9',
        method: 'POST',
        path: '/login',
        status: 403,
        duration_ms: 1,
        size: '38 B',
      },
    },
    {
      line: '2024-03-07 09:15:03: [error] TaskService: deleting failed',
      expected: {
        time: '2024-03-07T09:15:03Z',
        level: 'error',
        logger: 'TaskService',
        message: 'deleting failed',
      },
    },
  ],
})
