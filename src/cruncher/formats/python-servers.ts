import { SURE } from '../format.ts'
import { patternFormat } from '../pattern.ts'

/** Uvicorn: the level, filled up to ten characters; a request where there is one. */
export const uvicorn = patternFormat({
  name: 'uvicorn',
  title: 'Uvicorn',
  sureness: SURE,
  starts: 'DICEW',
  multiline: true,
  pattern: [
    /^(?<level>INFO): {5}(?<client_ip>[0-9a-fA-F.:]+):(?<client_port>\d+) - "(?<request>[^"]*)" (?<status>\d{3})(?: (?<reason>.*))?$/,
    /^(?<level>DEBUG|INFO|WARNING|ERROR|CRITICAL):(?: {5}(?<=INFO: {5})| {4}(?<=(?:DEBUG|ERROR): {4})| {2}(?<=WARNING: {2})| (?<=CRITICAL: ))(?<message>\S.*)$/,
  ],
  numbers: 'client_port',
  samples: [
    {
      line: 'INFO:     203.0.113.9:51514 - "GET /cart?x=1 HTTP/1.1" 200 OK',
      expected: {
        level: 'info',
        client_ip: '203.0.113.9',
        client_port: 51514,
        method: 'GET',
        path: '/cart',
        status: 200,
        reason: 'OK',
      },
    },
    {
      line: 'INFO:     Application startup complete.',
      expected: { level: 'info', message: 'Application startup complete.' },
    },
    {
      line: 'ERROR:    Exception in ASGI application',
      expected: { level: 'error', message: 'Exception in ASGI application' },
    },
  ],
})

/** Gunicorn's error log, and those that took it over (Hypercorn). */
export const gunicorn = patternFormat({
  name: 'gunicorn',
  title: 'Gunicorn',
  sureness: SURE,
  starts: '[',
  multiline: true,
  pattern:
    /^\[(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4})\] \[(?<pid>\d+)\] \[(?<level>[A-Z]+)\] (?<message>.*)$/,
  numbers: 'pid',
  samples: [
    {
      line: '[2024-03-07 09:15:02 +0100] [7] [INFO] Booting worker with pid: 9',
      expected: {
        time: '2024-03-07T08:15:02Z',
        offset: 60,
        level: 'info',
        pid: 7,
        message: 'Booting worker with pid: 9',
      },
    },
    {
      line: '[2024-03-07 09:15:03 +0000] [9] [CRITICAL] WORKER TIMEOUT (pid:9)',
      expected: {
        time: '2024-03-07T09:15:03Z',
        offset: 0,
        level: 'fatal',
        pid: 9,
        message: 'WORKER TIMEOUT (pid:9)',
      },
    },
  ],
})

/** Django's runserver; Werkzeug (Flask) has the client before it, and so has Rack, with the time it took behind. */
export const developmentServers = patternFormat({
  name: 'development-servers',
  title: 'Django runserver, Werkzeug (Flask), Rack::CommonLogger',
  sureness: SURE,
  starts: '[0-9a-f:',
  multiline: true,
  pattern: [
    /^\[(?<time>\d\d\/[A-Z][a-z]{2}\/\d{4} \d\d:\d\d:\d\d)\] "(?<request>[^"]*)" (?<status>\d{3}) (?<bytes>\d+)$/,
    /^(?<client_ip>[0-9a-fA-F.:]+|-) - (?<user_id>\S+) \[(?<time>\d\d\/[A-Z][a-z]{2}\/\d{4} \d\d:\d\d:\d\d)\] "(?<request>[^"]*)" (?<status>\d{3}|HTTPStatus\.\w+) (?<bytes>\d+|-)(?: (?<duration_s>\d+\.\d+))?$/,
    /^(?<client_ip>[0-9a-fA-F.:]+|-) - (?<user_id>\S+) \[(?<time>\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\] "(?<request>[^"]*)" (?<status>\d{3}) (?<bytes>\d+|-) (?<duration_s>\d+\.\d{4})$/,
  ],
  samples: [
    {
      line: '[07/Mar/2024 09:15:02] "GET /cart/ HTTP/1.1" 200 1387',
      expected: {
        time: '2024-03-07T09:15:02Z',
        method: 'GET',
        path: '/cart/',
        status: 200,
        bytes: 1387,
      },
    },
    {
      line: '203.0.113.9 - - [07/Mar/2024 09:15:03] "POST /cart HTTP/1.1" 302 -',
      expected: {
        time: '2024-03-07T09:15:03Z',
        client_ip: '203.0.113.9',
        method: 'POST',
        path: '/cart',
        status: 302,
      },
    },
    {
      line: '203.0.113.9 - jo [07/Mar/2024:09:15:04 +0100] "GET /logo.png HTTP/1.1" 200 5056 0.0241',
      expected: {
        time: '2024-03-07T08:15:04Z',
        offset: 60,
        client_ip: '203.0.113.9',
        user_id: 'jo',
        method: 'GET',
        path: '/logo.png',
        status: 200,
        bytes: 5056,
        duration_ms: 24.1,
      },
    },
  ],
})
