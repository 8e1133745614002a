import { SURE } from '../format.ts'
import type { Line } from '../line.ts'
import { type Groups, patternFormat } from '../pattern.ts'
import { DURATION_MS, type LogRecord, MESSAGE } from '../record.ts'

/** What Rails writes of a request between its first line and its last. */
const WITHIN =
  /^(?: |\t|Processing by |Completed \d|Redirected to |Rendered |Rendering |Sent (?:file|data) |Filter chain |Parameters: |Session ID: |Read fragment|Write fragment|Started (?!(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) ))/

/** What has no field of its own, in the order in which it was written. */
function addLines(record: LogRecord, groups: Groups): void {
  const lines = [groups.text('lines'), groups.text('rest')].map(text => text?.trim() ?? '')
  record.setText(MESSAGE, lines.filter(text => text !== '').join('\n'))
}

const goesOn = ({ text }: Line): boolean => WITHIN.test(text)

/** A request from Rails 3 on. Its last lines may be missing: of a request that ended in an error, or not yet. */
export const rails = patternFormat({
  name: 'rails',
  title: 'Rails',
  sureness: SURE,
  starts: 'S',
  multiline: true,
  goesOn,
  pattern: new RegExp(
    [
      String.raw`^Started (?<method>[A-Z]+) "(?<url>[^"]*)" for (?<client_ip>\S+) at (?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4})`,
      String.raw`(?:\n *Processing by (?<controller>[\w:]+)#(?<action>[\w?!]+) as (?<format>[^\n]*))?`,
      String.raw`(?:\n *Parameters: (?<parameters>\{[^\n]*))?(?<lines>(?:\n(?!Completed )[^\n]*)*)`,
      String.raw`(?:\nCompleted (?<status>\d{3})(?<reason> [^\n]*?)? in (?<duration_ms>[\d.]+)ms(?: \((?<parts>[^)]*)\))?)?(?<rest>.*)$`,
    ].join(''),
  ),
  fields: { lines: 'drop', reason: 'drop', parts: 'drop', rest: 'drop' },
  after: (record, _line, groups) => {
    addLines(record, groups)
    const parts = groups.text('parts') ?? ''
    for (const [, name = '', ms] of parts.matchAll(/(Views|ActiveRecord): ([\d.]+)ms/g)) {
      record.addValue(name === 'Views' ? 'view_ms' : 'database_ms', Number(ms))
    }
  },
  samples: [
    {
      line: 'Started GET "/cart?x=1" for 203.0.113.9 at 2024-03-07 09:15:02 +0100\nProcessing by CartsController#show as HTML\n  Parameters: {"x"=>"1"}\n  Rendered carts/show.html.erb (2.0ms)\nCompleted 200 OK in 79ms (Views: 78.8ms | ActiveRecord: 0.4ms)',
      expected: {
        time: '2024-03-07T08:15:02Z',
        offset: 60,
        client_ip: '203.0.113.9',
        method: 'GET',
        path: '/cart',
        status: 200,
        duration_ms: 79,
        message: 'Rendered carts/show.html.erb (2.0ms)',
        query: 'x=1',
        controller: 'CartsController',
        action: 'show',
        format: 'HTML',
        parameters: '{"x"=>"1"}',
        view_ms: 78.8,
        database_ms: 0.4,
      },
    },
    {
      line: 'Started POST "/orders" for 203.0.113.9 at 2024-03-07 09:15:03 +0000',
      expected: {
        time: '2024-03-07T09:15:03Z',
        offset: 0,
        client_ip: '203.0.113.9',
        method: 'POST',
        path: '/orders',
      },
    },
  ],
})

/** A request of Rails 1 and 2: the controller first, the URL last. */
export const railsTwo = patternFormat({
  name: 'rails-2',
  title: 'Rails 1 and 2',
  sureness: SURE,
  starts: 'P',
  multiline: true,
  goesOn,
  pattern: new RegExp(
    [
      String.raw`^Processing (?<controller>[\w:]+)#(?<action>[\w?!]+) (?:to (?<format>\w+) )?\(for (?<client_ip>\S+) at (?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\) \[(?<method>[A-Z]+)\]`,
      String.raw`(?<lines>(?:\n(?!Completed )[^\n]*)*)`,
      String.raw`(?:\nCompleted in (?<duration>[\d.]+m?s?)[^\n]*?\| (?<status>\d{3}) [^[\n]*\[(?<url>[^\]\n]*)\])?(?<rest>.*)$`,
    ].join(''),
  ),
  fields: { lines: 'drop', duration: 'drop', rest: 'drop' },
  after: (record, _line, groups) => {
    addLines(record, groups)
    const duration = groups.text('duration')
    // Rails 1 has seconds without a unit.
    if (duration !== undefined) {
      record.numbers[DURATION_MS] = duration.endsWith('ms')
        ? Number.parseFloat(duration)
        : Number(duration) * 1_000
    }
  },
  samples: [
    {
      line: 'Processing CartsController#show (for 203.0.113.9 at 2008-03-07 09:15:02) [GET]\n  Parameters: {"id"=>"7"}\nRendering carts/show\nCompleted in 34ms (View: 20, DB: 4) | 200 OK [http://shop.example/carts/7]',
      expected: {
        time: '2008-03-07T09:15:02Z',
        client_ip: '203.0.113.9',
        method: 'GET',
        path: '/carts/7',
        http_host: 'shop.example',
        status: 200,
        duration_ms: 34,
        message: 'Parameters: {"id"=>"7"}\nRendering carts/show',
        controller: 'CartsController',
        action: 'show',
      },
    },
    {
      line: 'Processing CartsController#index to json (for 203.0.113.9 at 2008-03-07 09:15:03) [GET]\nCompleted in 0.5 (2 reqs/sec) | Rendering: 0.1 (20%) | 404 Not Found [http://shop.example/carts?x=1]',
      expected: {
        time: '2008-03-07T09:15:03Z',
        client_ip: '203.0.113.9',
        method: 'GET',
        path: '/carts',
        http_host: 'shop.example',
        query: 'x=1',
        status: 404,
        duration_ms: 500,
        format: 'json',
      },
    },
  ],
})
