import { LIKELY } from '../format.ts'
import { patternFormat } from '../pattern.ts'

/** Sympa, within syslog: level and function, then robot, session and client in brackets. */
export const sympa = patternFormat({
  name: 'sympa',
  title: 'Sympa, within syslog',
  sureness: LIKELY,
  starts: 'a-z',
  pattern:
    /^(?<level>info|notice|err|debug\d?) (?<function>\w+::[\w:]*(?:\([^)]*\))?)(?: \[robot (?<robot>[^\]]*)\])?(?: \[session (?<session>[^\]]*)\])?(?: \[client (?<client_ip>[^\]]*)\])?(?: \[user (?<user_id>[^\]]*)\])?(?: \[list (?<list>[^\]]*)\])? ?(?<message>.*)$/,
  samples: [
    {
      line: 'info main::do_signoff() [robot lists.example] [session 21967109423478] [client 203.0.113.9] [list news] done',
      expected: {
        level: 'info',
        client_ip: '203.0.113.9',
        session: '21967109423478',
        function: 'main::do_signoff()',
        robot: 'lists.example',
        list: 'news',
        message: 'done',
      },
    },
    {
      line: 'err main:: [robot lists.example] Unknown action robots.txt',
      expected: {
        level: 'error',
        function: 'main::',
        robot: 'lists.example',
        message: 'Unknown action robots.txt',
      },
    },
  ],
})
