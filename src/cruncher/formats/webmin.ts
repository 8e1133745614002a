import { SURE } from '../format.ts'
import { patternFormat, setTime } from '../pattern.ts'

/** Webmin's own log of what its users did (webmin.log). */
export const webmin = patternFormat({
  name: 'webmin',
  title: 'Webmin actions',
  sureness: SURE,
  starts: '0-9',
  pattern:
    /^(?<request_id>\d{9,10}\.\d+\.\d+) \[(?<clock>\d\d?\/[A-Z][a-z]{2}\/\d{4} \d\d:\d\d:\d\d)\] (?<user_id>\S+) (?<session>\S+) (?<client_ip>\S+) (?<logger>\S+) (?<script>\S+) "(?<event>[^"]*)" "(?<type>[^"]*)" "(?<object>[^"]*)"(?: (?<message>.*))?$/,
  fields: { clock: 'drop' },
  // The clock has no zone; the seconds that the id begins with are those of the same moment.
  after: (record, _line, groups) => setTime(record, groups.text('request_id')?.split('.')[0] ?? ''),
  samples: [
    {
      line: '1709802902.4711.0 [07/Mar/2024 09:15:02] root 7f1c2a52 203.0.113.9 useradmin save_user.cgi "create" "user" "jo" uid=\'1007\'',
      expected: {
        time: '2024-03-07T09:15:02Z',
        request_id: '1709802902.4711.0',
        user_id: 'root',
        session: '7f1c2a52',
        client_ip: '203.0.113.9',
        logger: 'useradmin',
        event: 'create',
        type: 'user',
        object: 'jo',
        message: "uid='1007'",
      },
    },
    {
      line: '1709802903.4711.0 [7/Mar/2024 09:15:03] jo - 203.0.113.9 global miniserv.pl "failed" "-" "wrongpass"',
      expected: {
        time: '2024-03-07T09:15:03Z',
        request_id: '1709802903.4711.0',
        user_id: 'jo',
        client_ip: '203.0.113.9',
        logger: 'global',
        event: 'failed',
        object: 'wrongpass',
      },
    },
  ],
})
