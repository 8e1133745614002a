import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** python-json-logger: names of the record's own attributes, of which `levelname` is nobody else's. */
export const pythonJson: MemberFormat = {
  name: 'python-json',
  title: 'Python logging, as JSON',
  sureness: SURE,
  has: ['levelname', 'message'],
  multiline: true,
  fields: {
    asctime: 'time',
    created: 'time',
    levelname: 'level',
    name: 'logger',
    levelno: 'attribute',
    module: 'attribute',
    process: 'attribute',
  },
  samples: [
    {
      line: '{"asctime": "2024-03-05 08:15:30,021", "name": "shop.stock", "levelname": "CRITICAL", "message": "stock is gone", "taskName": null, "shelf": 7}',
      expected: {
        time: '2024-03-05T08:15:30.021Z',
        level: 'fatal',
        logger: 'shop.stock',
        message: 'stock is gone',
        shelf: 7,
      },
    },
  ],
}

/** structlog: the message is the `event`. */
export const structlog: MemberFormat = {
  name: 'structlog',
  title: 'structlog (Python)',
  sureness: SURE,
  has: ['timestamp'],
  hasNot: ['message', 'msg', 'ei'],
  kinds: { event: 'text' },
  values: {
    level: [
      'debug',
      'info',
      'warning',
      'warn',
      'error',
      'critical',
      'exception',
      'DEBUG',
      'INFO',
      'WARNING',
      'ERROR',
      'CRITICAL',
    ],
  },
  multiline: true,
  fields: { event: 'message', exception: 'attribute' },
  samples: [
    {
      line: '{"shelf": 7, "event": "stock is low", "logger": "shop.stock", "level": "warning", "timestamp": "2024-03-05T08:15:30.021345Z", "request_id": "r-17"}',
      expected: {
        time: '2024-03-05T08:15:30.021345Z',
        offset: 0,
        level: 'warn',
        logger: 'shop.stock',
        request_id: 'r-17',
        message: 'stock is low',
        shelf: 7,
      },
    },
  ],
}

/** loguru with `serialize=True`: the line for people, and all it is made of. */
export const loguru: MemberFormat = {
  name: 'loguru-json',
  title: 'loguru (Python)',
  sureness: SURE,
  kinds: { text: 'text', record: 'object' },
  multiline: true,
  fields: {
    text: 'attribute',
    'record.message': 'message',
    'record.level.name': 'level',
    'record.time.timestamp': 'time',
    'record.name': 'logger',
    'record.extra.request_id': 'request_id',
    'record.extra.user_id': 'user_id',
  },
  samples: [
    {
      line: '{"text": "2024-03-05 08:15:30.021 | SUCCESS  | shop:main:3 - stock is full\\n", "record": {"elapsed": {"repr": "0:00:00.1", "seconds": 0.1}, "exception": null, "extra": {"request_id": "r-17"}, "file": {"name": "shop.py", "path": "/src/shop.py"}, "function": "main", "level": {"icon": "x", "name": "INFO", "no": 20}, "line": 3, "message": "stock is full", "module": "shop", "name": "shop", "time": {"repr": "2024-03-05 08:15:30.021345+00:00", "timestamp": 1709626530.021345}}}',
      expected: {
        time: '2024-03-05T08:15:30.021345Z',
        level: 'info',
        logger: 'shop',
        request_id: 'r-17',
        message: 'stock is full',
        'record.function': 'main',
      },
    },
  ],
}
