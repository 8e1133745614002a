import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** Compact log event format: what has no level is `Information`. `@m` is written out, `@mt` has holes. */
export const serilogCompact: MemberFormat = {
  name: 'serilog-compact',
  title: 'Serilog compact (.NET)',
  sureness: SURE,
  has: ['@t'],
  hasOneOf: [['@m', '@mt', '@i', '@x', '@l']],
  levelIfNone: 'info',
  multiline: true,
  fields: {
    '@t': 'time',
    '@l': 'level',
    '@m': 'message',
    '@mt': 'message',
    '@x': 'attribute',
    '@i': 'attribute',
    '@tr': 'request_id',
    Application: 'service',
    MachineName: 'host',
    SourceContext: 'logger',
    RequestMethod: 'method',
    RequestPath: 'url',
    StatusCode: 'status',
    Elapsed: 'duration_ms',
    RequestId: 'request_id',
    UserId: 'user_id',
    UserName: 'user_id',
    ClientIp: 'client_ip',
    ConnectionId: 'session',
  },
  samples: [
    {
      line: '{"@t":"2024-03-05T08:15:30.0213456Z","@mt":"HTTP {RequestMethod} {RequestPath} responded {StatusCode} in {Elapsed:0.0} ms","RequestMethod":"GET","RequestPath":"/carts/17","StatusCode":200,"Elapsed":12.345,"SourceContext":"Serilog.AspNetCore.RequestLoggingMiddleware","RequestId":"0HM17","Application":"Shop","MachineName":"web-3"}',
      expected: {
        time: '2024-03-05T08:15:30.021345Z',
        offset: 0,
        level: 'info',
        service: 'Shop',
        host: 'web-3',
        logger: 'Serilog.AspNetCore.RequestLoggingMiddleware',
        method: 'GET',
        path: '/carts/17',
        status: 200,
        duration_ms: 12.345,
        request_id: '0HM17',
        message: 'HTTP {RequestMethod} {RequestPath} responded {StatusCode} in {Elapsed:0.0} ms',
      },
    },
    {
      line: '{"@t":"2024-03-05T08:15:30Z","@m":"stock is \\"low\\"","@mt":"stock is {State}","@l":"Fatal","State":"low","@x":"System.Exception: gone\\r\\n   at Shop.Main()"}',
      expected: {
        time: '2024-03-05T08:15:30Z',
        offset: 0,
        level: 'fatal',
        message: 'stock is "low"',
        '@mt': 'stock is {State}',
        State: 'low',
      },
    },
  ],
}

/** The JsonFormatter, with all that is the line's own under `Properties`. */
export const serilogJson: MemberFormat = {
  name: 'serilog-json',
  title: 'Serilog (.NET), as JSON',
  sureness: SURE,
  has: ['Timestamp', 'Level', 'MessageTemplate'],
  multiline: true,
  fields: {
    Timestamp: 'time',
    Level: 'level',
    RenderedMessage: 'message',
    MessageTemplate: 'message',
    'Properties.Application': 'service',
    'Properties.MachineName': 'host',
    'Properties.SourceContext': 'logger',
    'Properties.RequestMethod': 'method',
    'Properties.RequestPath': 'url',
    'Properties.StatusCode': 'status',
    'Properties.Elapsed': 'duration_ms',
    'Properties.RequestId': 'request_id',
    'Properties.UserId': 'user_id',
  },
  samples: [
    {
      line: '{"Timestamp":"2024-03-05T09:15:30.0213456+01:00","Level":"Warning","MessageTemplate":"stock is {State}","RenderedMessage":"stock is low","Properties":{"State":"low","SourceContext":"Shop.Stock","MachineName":"web-3"}}',
      expected: {
        time: '2024-03-05T08:15:30.021345Z',
        offset: 60,
        level: 'warn',
        host: 'web-3',
        logger: 'Shop.Stock',
        message: 'stock is low',
        MessageTemplate: 'stock is {State}',
        'Properties.State': 'low',
      },
    },
  ],
}
