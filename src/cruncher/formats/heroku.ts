import { OFFSET } from '../expression.ts'
import { SURE } from '../format.ts'
import { patternFormat } from '../pattern.ts'

/** What `heroku logs` shows of logplex. */
export const herokuLogplex = patternFormat({
  name: 'heroku-logplex',
  title: 'Heroku logplex',
  sureness: SURE,
  starts: '0-9',
  envelope: true,
  multiline: true,
  pattern: new RegExp(
    String.raw`^(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?${OFFSET}) (?<service>app|heroku)\[(?<dyno>[\w.-]+)\]: (?<message>.*)$`,
  ),
  samples: [
    {
      line: '2024-03-07T09:15:02.512345+00:00 app[web.1]: Listening on 4711',
      expected: {
        time: '2024-03-07T09:15:02.512345Z',
        offset: 0,
        service: 'app',
        dyno: 'web.1',
        message: 'Listening on 4711',
      },
    },
    {
      line: '2024-03-07T09:15:03+00:00 heroku[web.1]: State changed from starting to up',
      expected: {
        time: '2024-03-07T09:15:03Z',
        offset: 0,
        service: 'heroku',
        dyno: 'web.1',
        message: 'State changed from starting to up',
      },
    },
  ],
})

/** "HTTP routing" of Heroku's documentation; it goes before other key=value lines. */
export const herokuRouter = patternFormat({
  name: 'heroku-router',
  title: 'Heroku router',
  sureness: SURE,
  starts: 'as',
  pattern:
    /^(?:sock=(?<socket>\w+) )?at=(?<level>info|error|warning)(?: code=(?<code>\w+) desc="(?<message>[^"]*)")? method=(?<method>[A-Z]+) path="(?<url>[^"]*)" host="?(?<http_host>[^"\s]*)"? request_id="?(?<request_id>[\w-]*)"? fwd="(?<client_ip>[^",\s]*)(?:, ?(?<proxies>[^"]*))?" dyno=(?<dyno>[\w.]*) connect=(?<connect>\d+ms)? ?service=(?:(?<duration_ms>\d+)ms)? ?status=(?<status>\d+)? ?bytes=(?<bytes>\d*)(?: protocol=(?<protocol>\w+))?(?<rest> .*)?$/,
  samples: [
    {
      line: 'at=info method=GET path="/items/7?x=1" host=shop.herokuapp.com request_id=8601b555-6a83-4c12-8269-97c8e32cdb22 fwd="203.0.113.9" dyno=web.1 connect=1ms service=18ms status=200 bytes=1387 protocol=https',
      expected: {
        level: 'info',
        method: 'GET',
        path: '/items/7',
        query: 'x=1',
        http_host: 'shop.herokuapp.com',
        request_id: '8601b555-6a83-4c12-8269-97c8e32cdb22',
        client_ip: '203.0.113.9',
        dyno: 'web.1',
        connect: '1ms',
        duration_ms: 18,
        status: 200,
        bytes: 1387,
        protocol: 'https',
      },
    },
    {
      line: 'at=error code=H12 desc="Request timeout" method=POST path="/" host="shop.herokuapp.com" request_id=8601b555 fwd="203.0.113.9, 198.51.100.2" dyno=web.1 connect=6ms service=30001ms status=503 bytes=0',
      expected: {
        level: 'error',
        code: 'H12',
        message: 'Request timeout',
        method: 'POST',
        path: '/',
        http_host: 'shop.herokuapp.com',
        request_id: '8601b555',
        client_ip: '203.0.113.9',
        proxies: '198.51.100.2',
        duration_ms: 30001,
        status: 503,
        bytes: 0,
      },
    },
  ],
})
