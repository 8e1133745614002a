import { OFFSET } from '../expression.ts'
import { SURE } from '../format.ts'
import { patternFormat } from '../pattern.ts'
import { addQuotedMessage } from '../pairs.ts'

/** The Container Runtime Interface's log files; `P` marks a part of a line that goes on. */
export const kubernetesCri = patternFormat({
  name: 'kubernetes-cri',
  title: 'Kubernetes container log (CRI)',
  sureness: SURE,
  starts: '0-9',
  envelope: true,
  multiline: true,
  pattern: new RegExp(
    String.raw`^(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}${OFFSET}) (?<stream>stdout|stderr) (?<tag>[FP])(?: (?<message>.*))?$`,
  ),
  samples: [
    {
      line: '2024-03-07T09:15:02.123456789Z stdout F listening on :8080',
      expected: {
        time: '2024-03-07T09:15:02.123456Z',
        offset: 0,
        stream: 'stdout',
        message: 'listening on :8080',
      },
    },
    {
      line: '2024-03-07T10:15:02.000000001+01:00 stderr P half a line',
      expected: {
        time: '2024-03-07T09:15:02Z',
        offset: 60,
        stream: 'stderr',
        tag: 'P',
        message: 'half a line',
      },
    },
  ],
})

/** klog and its elder, glog: what Kubernetes' own parts write. */
export const klog = patternFormat({
  name: 'klog',
  title: 'klog, glog',
  sureness: SURE,
  starts: 'IWEFD',
  multiline: true,
  pattern:
    /^(?<level>[DIWEF])(?<time>(?:\d{4}|\d{8}) \d\d:\d\d:\d\d\.\d{6}) +(?<tid>\d+) (?<source>[^\s\]]+:\d+)\] (?<message>.*)$/,
  numbers: 'tid',
  after: addQuotedMessage,
  samples: [
    {
      line: 'E0307 09:15:02.619632  195245 reflector.go:138] Failed to watch *v1.Node: timeout',
      expected: {
        time: '----03-07T09:15:02.619632Z',
        level: 'error',
        tid: 195245,
        source: 'reflector.go:138',
        message: 'Failed to watch *v1.Node: timeout',
      },
    },
    {
      line: 'I0307 09:15:03.000001       1 kubelet.go:2400] "SyncLoop (probe)" probe="readiness" pod="shop/api-7d" ready=true',
      expected: {
        time: '----03-07T09:15:03.000001Z',
        level: 'info',
        tid: 1,
        source: 'kubelet.go:2400',
        message: 'SyncLoop (probe)',
        probe: 'readiness',
        pod: 'shop/api-7d',
        ready: 'true',
      },
    },
  ],
})
