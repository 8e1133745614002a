import { SURE } from '../format.ts'
import { patternFormat } from '../pattern.ts'

/** BIND's channels to files: category and severity if `print-category` and `print-severity` say so. */
export const bind = patternFormat({
  name: 'bind',
  title: 'BIND 9',
  sureness: SURE,
  starts: '0-9a-z',
  pattern: [
    /^(?<time>\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d\.\d{3}) (?:(?<logger>[a-z-]+): )?(?:(?<level>critical|error|warning|notice|info|debug)(?: \d+)?: )?(?<message>client (?:@0x[0-9a-f]+ )?(?<client_ip>[0-9a-fA-F.:]+)#(?<client_port>\d+)(?: \((?<query_name>[^)]*)\))?:? .*)$/,
    /^(?<time>\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d\.\d{3}) (?:(?<logger>[a-z-]+): )?(?<level>critical|error|warning|notice|info|debug)(?: \d+)?: (?<message>.*)$/,
    /^(?:(?<logger>[a-z-]+): )?(?:(?<level>critical|error|warning|notice|info|debug)(?: \d+)?: )?(?<message>client @0x[0-9a-f]+ (?<client_ip>[0-9a-fA-F.:]+)#(?<client_port>\d+)(?: \((?<query_name>[^)]*)\))?: .*)$/,
  ],
  numbers: 'client_port',
  samples: [
    {
      line: '07-Mar-2024 09:15:02.425 queries: info: client @0x7f65100ee4d8 203.0.113.9#3076 (shop.example): query: shop.example IN A +E(0)K (10.0.0.2)',
      expected: {
        time: '2024-03-07T09:15:02.425Z',
        level: 'info',
        logger: 'queries',
        client_ip: '203.0.113.9',
        client_port: 3076,
        query_name: 'shop.example',
        message:
          'client @0x7f65100ee4d8 203.0.113.9#3076 (shop.example): query: shop.example IN A +E(0)K (10.0.0.2)',
      },
    },
    {
      line: '07-Mar-2024 09:15:03.000 general: notice: running',
      expected: {
        time: '2024-03-07T09:15:03Z',
        level: 'notice',
        logger: 'general',
        message: 'running',
      },
    },
  ],
})
