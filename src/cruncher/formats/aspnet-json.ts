import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** The JSON console formatter of Microsoft.Extensions.Logging. Its time is written only where it is asked for. */
export const aspnetJson: MemberFormat = {
  name: 'aspnet-json',
  title: 'ASP.NET Core console, as JSON',
  sureness: SURE,
  has: ['EventId', 'LogLevel', 'Category'],
  multiline: true,
  fields: {
    Timestamp: 'time',
    LogLevel: 'level',
    Category: 'logger',
    Message: 'message',
    EventId: 'attribute',
    'State.Method': 'method',
    'State.Path': 'path',
    'State.StatusCode': 'status',
    'State.ElapsedMilliseconds': 'duration_ms',
    'State.Host': 'http_host',
  },
  samples: [
    {
      line: '{"Timestamp":"2024-03-05 08:15:30Z","EventId":2,"LogLevel":"Information","Category":"Microsoft.AspNetCore.Hosting.Diagnostics","Message":"Request finished HTTP/1.1 GET","State":{"ElapsedMilliseconds":4.75,"StatusCode":200,"Protocol":"HTTP/1.1","Method":"GET","Path":"/carts"}}',
      expected: {
        time: '2024-03-05T08:15:30Z',
        offset: 0,
        level: 'info',
        logger: 'Microsoft.AspNetCore.Hosting.Diagnostics',
        method: 'GET',
        path: '/carts',
        status: 200,
        duration_ms: 4.75,
        message: 'Request finished HTTP/1.1 GET',
        EventId: 2,
      },
    },
  ],
}
