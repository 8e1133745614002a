import { LIKELY } from '../format.ts'
import { patternFormat } from '../pattern.ts'

/** Exim's main log (specification, 52): the message's id and what became of it, or what happened at the door. */
export const exim = patternFormat({
  name: 'exim',
  title: 'Exim',
  sureness: LIKELY,
  starts: '0-9',
  pattern: [
    /^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{3})?(?: [+-]\d{4})?) (?:\[(?<pid>\d+)\] )?(?<request_id>[0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4}) (?<event><=|=>|->|>>|\*>|\*\*|==|Completed|SMTP|H=|F=|DKIM:?)(?<message>.*)$/,
    /^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{3})?(?: [+-]\d{4})?) (?:\[(?<pid>\d+)\] )?(?<message>(?:\w+ authenticator failed for |H=|SMTP |TLS error |no (?:host name|IP address) found |unexpected disconnection |rejected |refused |Start queue run|End queue run|exim \d|Warning: )(?:[^[(]{0,300}\((?:\[[^\]]{0,300}\]|[^)]{0,300})\) ?\[(?<client_ip>[0-9a-fA-F.:]+)\])?.*)$/,
  ],
  numbers: 'pid',
  samples: [
    {
      line: '2024-03-07 09:15:02 1ri9xu-0004Xk-AB <= jo@shop.example H=mail.example [203.0.113.9] P=esmtps S=1234',
      expected: {
        time: '2024-03-07T09:15:02Z',
        request_id: '1ri9xu-0004Xk-AB',
        event: '<=',
        message: ' jo@shop.example H=mail.example [203.0.113.9] P=esmtps S=1234',
      },
    },
    {
      line: '2024-03-07 09:15:03 login authenticator failed for (desk) [203.0.113.9]:55379: 535 Incorrect authentication data',
      expected: {
        time: '2024-03-07T09:15:03Z',
        client_ip: '203.0.113.9',
        message:
          'login authenticator failed for (desk) [203.0.113.9]:55379: 535 Incorrect authentication data',
      },
    },
  ],
})
