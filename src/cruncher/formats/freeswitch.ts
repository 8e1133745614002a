import { SURE } from '../format.ts'
import { patternFormat } from '../pattern.ts'

/** mod_logfile: the call, if there is one, time, the processor's idle share, level, source. */
export const freeswitch = patternFormat({
  name: 'freeswitch',
  title: 'FreeSWITCH',
  sureness: SURE,
  starts: '0-9a-f',
  multiline: true,
  levels: { CONSOLE: 'info' },
  pattern:
    /^(?:(?<session>[0-9a-f]{8}-[0-9a-f-]{27}) )?(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}) (?:(?<idle>[\d.]+)% )?\[(?<level>[A-Z]+)\] (?<source>[\w.]+:\d+) (?<message>.*)$/,
  numbers: 'idle',
  samples: [
    {
      line: "2024-03-07 09:15:02.385000 96.5% [WARNING] sofia_reg.c:3223 Can't find user [2501@pbx.example] from 203.0.113.9",
      expected: {
        time: '2024-03-07T09:15:02.385Z',
        level: 'warn',
        source: 'sofia_reg.c:3223',
        idle: 96.5,
        message: "Can't find user [2501@pbx.example] from 203.0.113.9",
      },
    },
    {
      line: '7f1c2a52-9d5c-4a5e-8a7d-0b4f5a6c7d8e 2024-03-07 09:15:03.000001 [NOTICE] switch_channel.c:1133 New Channel sofia/internal/7',
      expected: {
        time: '2024-03-07T09:15:03.000001Z',
        level: 'notice',
        session: '7f1c2a52-9d5c-4a5e-8a7d-0b4f5a6c7d8e',
        source: 'switch_channel.c:1133',
        message: 'New Channel sofia/internal/7',
      },
    },
  ],
})
