import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** Graylog Extended Log Format 1.1: levels of syslog, additional fields with `_` before them. */
export const gelf: MemberFormat = {
  name: 'gelf',
  title: 'GELF (Graylog)',
  sureness: SURE,
  has: ['host', 'short_message'],
  values: { version: ['1.0', '1.1'] },
  levels: 'syslog',
  multiline: true,
  fields: {
    short_message: 'message',
    full_message: 'attribute',
    facility: 'logger',
    _logger: 'logger',
    _logger_name: 'logger',
    _loggerName: 'logger',
    _app: 'service',
    _application: 'service',
    _service: 'service',
    _container_name: 'service',
    _user_id: 'user_id',
    _session_id: 'session',
    _request_id: 'request_id',
    _client_ip: 'client_ip',
    _level_name: 'attribute',
  },
  samples: [
    {
      line: '{"version":"1.1","host":"web-3","short_message":"stock is low","full_message":"stock is low\\nat shelf 7","timestamp":1709626530.0215,"level":4,"_app":"shop","_user_id":9001}',
      expected: {
        time: '2024-03-05T08:15:30.0215Z',
        level: 'warn',
        service: 'shop',
        host: 'web-3',
        user_id: '9001',
        message: 'stock is low',
        full_message: 'stock is low\nat shelf 7',
      },
    },
  ],
}
