import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

const NAMES = {
  timestamp: 'time',
  '@timestamp': 'time',
  component: 'logger',
  'log.logger': 'logger',
  'cluster.name': 'service',
  'service.name': 'attribute',
  'node.name': 'host',
} as const

/** The server's log from 7.0; `type` says which of its logs it is. Version 8 has names of ECS. */
export const elasticsearchServerJson: MemberFormat = {
  name: 'elasticsearch-server-json',
  title: 'Elasticsearch server log, as JSON',
  sureness: SURE,
  has: ['node.name'],
  hasOneOf: [['cluster.name', 'cluster.uuid']],
  values: { type: ['server'] },
  or: [
    { has: ['elasticsearch.node.name'], values: { 'event.dataset': ['elasticsearch.server'] } },
    { has: ['elasticsearch.node.name', 'log.level'], hasNot: ['event.dataset'] },
  ],
  multiline: true,
  fields: { ...NAMES, 'elasticsearch.cluster.name': 'service', 'elasticsearch.node.name': 'host' },
  samples: [
    {
      line: '{"type": "server", "timestamp": "2024-03-05T09:15:30,021+0100", "level": "WARN", "component": "o.e.m.j.JvmGcMonitorService", "cluster.name": "search", "node.name": "es-1", "cluster.uuid": "u1", "node.id": "n1",  "message": "[gc][17] overhead"  }',
      expected: {
        time: '2024-03-05T08:15:30.021Z',
        offset: 60,
        level: 'warn',
        service: 'search',
        host: 'es-1',
        logger: 'o.e.m.j.JvmGcMonitorService',
        message: '[gc][17] overhead',
      },
    },
    {
      line: '{"@timestamp":"2024-03-05T08:15:30.021Z","log.level":"INFO","message":"started","ecs.version":"1.2.0","service.name":"ES_ECS","event.dataset":"elasticsearch.server","process.thread.name":"main","log.logger":"org.elasticsearch.node.Node","elasticsearch.node.name":"es-1","elasticsearch.cluster.name":"search"}',
      expected: {
        time: '2024-03-05T08:15:30.021Z',
        offset: 0,
        level: 'info',
        service: 'search',
        host: 'es-1',
        logger: 'org.elasticsearch.node.Node',
        message: 'started',
        'service.name': 'ES_ECS',
      },
    },
  ],
}

/** `took` is for people and exact; `took_millis` is not. */
export const elasticsearchSlowlogJson: MemberFormat = {
  name: 'elasticsearch-slowlog-json',
  title: 'Elasticsearch slow log, as JSON',
  sureness: SURE,
  has: ['node.name'],
  values: { type: ['index_search_slowlog', 'index_indexing_slowlog'] },
  or: [
    {
      values: {
        'event.dataset': [
          'elasticsearch.slowlog',
          'elasticsearch.index_search_slowlog',
          'elasticsearch.index_indexing_slowlog',
        ],
      },
    },
  ],
  fields: {
    ...NAMES,
    'elasticsearch.cluster.name': 'service',
    'elasticsearch.node.name': 'host',
    took: 'duration_ms',
    took_millis: 'duration_ms',
    'elasticsearch.slowlog.took': 'duration_ms',
    'elasticsearch.slowlog.took_millis': 'duration_ms',
    'elasticsearch.slowlog.message': 'message',
    id: 'attribute',
    source: 'attribute',
  },
  samples: [
    {
      line: '{"type": "index_search_slowlog", "timestamp": "2024-03-05T08:15:30,021Z", "level": "WARN", "component": "i.s.s.query", "cluster.name": "search", "node.name": "es-1", "message": "[carts][0]", "took": "6.2ms", "took_millis": "6", "total_hits": "3 hits", "stats": [], "search_type": "QUERY_THEN_FETCH", "source": "{\\"size\\":10}"}',
      expected: {
        time: '2024-03-05T08:15:30.021Z',
        offset: 0,
        level: 'warn',
        service: 'search',
        host: 'es-1',
        logger: 'i.s.s.query',
        message: '[carts][0]',
        duration_ms: 6.2,
        total_hits: '3 hits',
        source: '{"size":10}',
      },
    },
  ],
}

export const elasticsearchDeprecationJson: MemberFormat = {
  name: 'elasticsearch-deprecation-json',
  title: 'Elasticsearch deprecation log, as JSON',
  sureness: SURE,
  has: ['node.name'],
  values: { type: ['deprecation', 'deprecation.elasticsearch'] },
  or: [
    {
      values: {
        'event.dataset': ['deprecation.elasticsearch', 'elasticsearch.deprecation'],
      },
    },
  ],
  fields: {
    ...NAMES,
    'elasticsearch.cluster.name': 'service',
    'elasticsearch.node.name': 'host',
    'x-opaque-id': 'request_id',
  },
  samples: [
    {
      line: '{"type": "deprecation", "timestamp": "2024-03-05T08:15:30,021Z", "level": "DEPRECATION", "component": "o.e.d.c.m.Mapper", "cluster.name": "search", "node.name": "es-1", "message": "the [old] setting is deprecated"}',
      expected: {
        time: '2024-03-05T08:15:30.021Z',
        offset: 0,
        level: 'warn',
        service: 'search',
        host: 'es-1',
        logger: 'o.e.d.c.m.Mapper',
        message: 'the [old] setting is deprecated',
      },
    },
  ],
}

/** Who did what: addresses have ports behind them. */
export const elasticsearchAuditJson: MemberFormat = {
  name: 'elasticsearch-audit-json',
  title: 'Elasticsearch audit log, as JSON',
  sureness: SURE,
  has: ['event.type', 'event.action'],
  hasOneOf: [['node.id', 'node.name', 'origin.address', 'origin.type']],
  fields: {
    ...NAMES,
    'event.action': 'event',
    'event.type': 'attribute',
    'user.name': 'user_id',
    'authentication.token.name': 'user_id',
    'origin.address': 'client_address',
    'request.method': 'method',
    'url.path': 'path',
    'request.id': 'request_id',
    opaque_id: 'attribute',
    action: 'attribute',
  },
  samples: [
    {
      line: '{"type":"audit", "timestamp":"2024-03-05T08:15:30,021+0000", "node.id":"n1", "event.type":"rest", "event.action":"authentication_failed", "user.name":"ann", "origin.type":"rest", "origin.address":"[2001:db8::7]:53568", "url.path":"/_search", "request.method":"POST", "request.id":"r-17"}',
      expected: {
        time: '2024-03-05T08:15:30.021Z',
        offset: 0,
        event: 'authentication_failed',
        user_id: 'ann',
        client_ip: '2001:db8::7',
        method: 'POST',
        path: '/_search',
        request_id: 'r-17',
        'event.type': 'rest',
      },
    },
  ],
}
