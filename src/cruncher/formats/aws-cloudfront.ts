import { SURE } from '../format.ts'
import { patternFormat, setTime } from '../pattern.ts'
import { USER_AGENT } from '../record.ts'

/** "Standard log file fields", all between tabs, where the header was lost; see W3C. */
export const awsCloudfront = patternFormat({
  name: 'aws-cloudfront',
  title: 'AWS CloudFront without its header',
  sureness: SURE,
  starts: '0-9',
  fields: { date: 'drop', clock: 'drop', seconds: 'duration_s', agent: 'drop' },
  pattern: new RegExp(
    [
      String.raw`^(?<date>\d{4}-\d\d-\d\d)\t(?<clock>\d\d:\d\d:\d\d)\t(?<edge>[A-Z]{3}\d+[^\t]*)\t(?<bytes>\d+)\t(?<client_ip>[0-9a-fA-F.:]+)\t(?<method>[A-Z]+)\t(?<distribution>[^\t]+)\t(?<path>[^\t]+)\t(?<status>\d{3})`,
      String.raw`\t(?<referrer>[^\t]*)\t(?<agent>[^\t]*)\t(?<query>[^\t]*)\t(?<cookie>[^\t]*)\t(?<event>[^\t]*)\t(?<request_id>[^\t]*)\t(?<http_host>[^\t]*)\t(?<scheme>\w+)\t(?<bytes_received>\d+)\t(?<seconds>[\d.]+)(?:\t(?<rest>.*))?$`,
    ].join(''),
  ),
  numbers: 'bytes_received',
  after: (record, _line, groups) => {
    const agent = groups.text('agent')
    if (agent !== undefined && agent !== '-') record.setText(USER_AGENT, decoded(agent))
    return setTime(record, `${groups.text('date')} ${groups.text('clock')}Z`)
  },
  samples: [
    {
      line: '2024-03-07\t09:15:02\tFRA50-C1\t1387\t203.0.113.9\tGET\td111111abcdef8.cloudfront.net\t/logo.svg\t200\t-\tMozilla/5.0%20(X11)\tx=1\t-\tHit\txGN8KWpVEmB9Dp7c==\tshop.example\thttps\t62\t0.113\t-\tTLSv1.3\tTLS_AES_128_GCM_SHA256\tHit\tHTTP/2.0\t-\t-',
      expected: {
        time: '2024-03-07T09:15:02Z',
        offset: 0,
        client_ip: '203.0.113.9',
        method: 'GET',
        path: '/logo.svg',
        query: 'x=1',
        status: 200,
        bytes: 1387,
        duration_ms: 113,
        event: 'Hit',
        request_id: 'xGN8KWpVEmB9Dp7c==',
        user_agent: 'Mozilla/5.0 (X11)',
        http_host: 'shop.example',
        edge: 'FRA50-C1',
      },
    },
    {
      line: '2014-03-07\t09:15:03\tLHR3\t0\t203.0.113.9\tPOST\td111111abcdef8.cloudfront.net\t/\t502\thttps://shop.example/\t-\t-\t-\tError\tgGN8\tshop.example\thttp\t10\t1.5',
      expected: {
        time: '2014-03-07T09:15:03Z',
        offset: 0,
        client_ip: '203.0.113.9',
        method: 'POST',
        path: '/',
        http_host: 'shop.example',
        status: 502,
        bytes: 0,
        duration_ms: 1500,
        event: 'Error',
        request_id: 'gGN8',
        referrer: 'https://shop.example/',
      },
    },
  ],
})

/** As it stands where it is no encoded text. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
