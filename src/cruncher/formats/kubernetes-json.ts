import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** Audit events of the API server; their `level` says how much is told, not how bad it is. */
export const kubernetesAudit: MemberFormat = {
  name: 'kubernetes-audit',
  title: 'Kubernetes audit',
  sureness: SURE,
  has: ['auditID', 'verb', 'requestURI'],
  values: { kind: ['Event'] },
  fields: {
    level: 'attribute',
    requestReceivedTimestamp: 'time',
    stageTimestamp: 'time',
    auditID: 'request_id',
    verb: 'method',
    requestURI: 'url',
    'user.username': 'user_id',
    sourceIPs: 'client_ip',
    userAgent: 'user_agent',
    'responseStatus.code': 'status',
    'responseStatus.message': 'message',
    stage: 'event',
    'objectRef.name': 'attribute',
  },
  samples: [
    {
      line: '{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"a-17","stage":"ResponseComplete","requestURI":"/api/v1/pods?limit=5","verb":"list","user":{"username":"system:admin","groups":["system:masters"]},"sourceIPs":["203.0.113.4"],"userAgent":"kubectl/1.29","objectRef":{"resource":"pods","apiVersion":"v1"},"responseStatus":{"metadata":{},"code":403},"requestReceivedTimestamp":"2024-03-05T08:15:30.021345Z","stageTimestamp":"2024-03-05T08:15:30.1Z","annotations":{}}',
      expected: {
        time: '2024-03-05T08:15:30.021345Z',
        offset: 0,
        event: 'ResponseComplete',
        method: 'list',
        path: '/api/v1/pods',
        query: 'limit=5',
        user_id: 'system:admin',
        client_ip: '203.0.113.4',
        request_id: 'a-17',
        user_agent: 'kubectl/1.29',
        status: 403,
      },
    },
  ],
}

/** What fluentd and Fluent Bit make of a container's line: what it wrote, and where it ran. */
export const kubernetesFluent: MemberFormat = {
  name: 'kubernetes-fluent',
  title: 'Fluentd, Fluent Bit on Kubernetes',
  sureness: SURE,
  kinds: { kubernetes: 'object' },
  hasOneOf: [['log', 'message']],
  envelope: true,
  fields: {
    log: 'message',
    message: 'message',
    time: 'time',
    '@timestamp': 'time',
    'kubernetes.labels.app': 'service',
    'kubernetes.labels.app_kubernetes_io/name': 'service',
    'kubernetes.container_name': 'service',
    'kubernetes.container.name': 'service',
    'kubernetes.host': 'host',
    'kubernetes.node.name': 'host',
  },
  samples: [
    {
      line: '{"log":"stock is low\\n","stream":"stdout","time":"2024-03-05T08:15:30.021Z","kubernetes":{"pod_name":"carts-7d9","namespace_name":"shop","container_name":"carts","host":"node-3"}}',
      expected: {
        time: '2024-03-05T08:15:30.021Z',
        offset: 0,
        service: 'carts',
        host: 'node-3',
        message: 'stock is low',
        stream: 'stdout',
        'kubernetes.pod_name': 'carts-7d9',
      },
    },
  ],
}

/** Kubernetes' own parts with `--logging-format=json`; what is an error says so by `err`. */
export const klogJson: MemberFormat = {
  name: 'klog-json',
  title: 'klog (Kubernetes), as JSON',
  sureness: SURE,
  has: ['ts', 'msg', 'v'],
  kinds: { v: 'number', ts: 'number' },
  hasNot: ['level', 'name'],
  levelIfNone: 'info',
  multiline: true,
  fields: { caller: 'attribute' },
  samples: [
    {
      line: '{"ts":1709626530021.3457,"caller":"app/server.go:17","msg":"pod started","v":0,"pod":{"name":"carts-7d9","namespace":"shop"}}',
      expected: {
        time: '2024-03-05T08:15:30.021345Z',
        level: 'info',
        message: 'pod started',
        v: 0,
      },
    },
  ],
}
