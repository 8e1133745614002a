import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** go-kit's logger, as Prometheus, Loki and Grafana's agents write with it: `ts`, `caller`, `level`. */
export const goKit: MemberFormat = {
  name: 'go-kit',
  title: 'go-kit logfmt (Prometheus, Loki)',
  sureness: SURE,
  has: ['ts', 'level'],
  hasOneOf: [['caller', 'source', 'component', 'msg']],
  multiline: true,
  fields: {
    caller: 'attribute',
    component: 'logger',
    duration: 'duration_ms',
    org_id: 'user_id',
    traceID: 'request_id',
    returned_lines: 'attribute',
    length: 'attribute',
  },
  samples: [
    {
      line: 'ts=2024-03-05T08:15:30.021345678Z caller=main.go:539 level=info component=tsdb msg="Compaction done" duration=1.5s block=01HR',
      expected: {
        time: '2024-03-05T08:15:30.021345Z',
        offset: 0,
        level: 'info',
        logger: 'tsdb',
        message: 'Compaction done',
        duration_ms: 1500,
        caller: 'main.go:539',
        block: '01HR',
      },
    },
  ],
}

/** Grafana's own log: a letter for the time, `logger` always there. */
export const grafana: MemberFormat = {
  name: 'grafana',
  title: 'Grafana',
  sureness: SURE,
  has: ['logger', 't', 'level', 'msg'],
  multiline: true,
  fields: {
    t: 'time',
    logger: 'logger',
    uname: 'user_id',
    userId: 'user_id',
    remote_addr: 'client_ip',
    size: 'bytes',
    time_ms: 'attribute',
    duration: 'duration_ms',
    traceID: 'request_id',
  },
  samples: [
    {
      line: 'logger=context userId=3 orgId=1 uname=ann t=2024-03-05T09:15:30.021345678+01:00 level=info msg="Request Completed" method=GET path=/api/carts status=404 remote_addr=203.0.113.4 time_ms=3 duration=3.25ms size=24 referer= handler=/api/carts',
      expected: {
        time: '2024-03-05T08:15:30.021345Z',
        offset: 60,
        level: 'info',
        logger: 'context',
        method: 'GET',
        path: '/api/carts',
        client_ip: '203.0.113.4',
        user_id: 'ann',
        message: 'Request Completed',
        status: 404,
        bytes: 24,
        duration_ms: 3.25,
        orgId: '1',
      },
    },
  ],
}
