import { SURE } from '../format.ts'
import { patternFormat } from '../pattern.ts'

/** ZoneMinder: the month first, the level in three letters behind process and number. */
export const zoneminder = patternFormat({
  name: 'zoneminder',
  title: 'ZoneMinder',
  sureness: SURE,
  starts: '0-9',
  levels: { PNC: 'fatal', FAT: 'fatal', WAR: 'warn' },
  pattern: [
    /^(?<time>\d\d\/\d\d\/\d\d \d\d:\d\d:\d\d\.\d{6}) (?<service>\w+)\[(?<pid>\d+)\]\.(?<level>PNC|FAT|ERR|WAR|INF|DB\d) (?:\[(?<client_ip>[0-9a-fA-F.:]+)\] )?\[(?<message>.*)\](?: at (?<file>\S+) line (?<line>\d+))?$/,
    // PHP's dates from 1.37 on: in the language and zone of the server.
    /^(?<time>\d\d?\/\d\d?\/\d\d, \d\d?:\d\d:\d\d [AP]M)(?: (?<zone>[A-Z]{2,5}))?\.\d{6} (?<service>\w+)\[(?<pid>\d+)\]\.(?<level>PNC|FAT|ERR|WAR|INF|DB\d) (?:\[(?<client_ip>[0-9a-fA-F.:]+)\] )?\[(?<message>.*)\](?: at (?<file>\S+) line (?<line>\d+))?$/,
  ],
  numbers: 'pid line',
  samples: [
    {
      line: '03/07/24 09:15:02.393003 web_php[118770].ERR [203.0.113.9] [Could not retrieve user jo] at /usr/share/zoneminder/auth.php line 313',
      expected: {
        time: '2024-03-07T09:15:02.393003Z',
        level: 'error',
        service: 'web_php',
        client_ip: '203.0.113.9',
        pid: 118770,
        file: '/usr/share/zoneminder/auth.php',
        line: 313,
        message: 'Could not retrieve user jo',
      },
    },
    {
      line: '03/07/24 09:15:03.000001 zmc_m1[7].INF [front: 1000 - Capturing at 5.00 fps]',
      expected: {
        time: '2024-03-07T09:15:03.000001Z',
        level: 'info',
        service: 'zmc_m1',
        message: 'front: 1000 - Capturing at 5.00 fps',
      },
    },
  ],
})
