import { SURE } from '../format.ts'
import { addBracketed } from '../pairs.ts'
import { patternFormat } from '../pattern.ts'

const START = String.raw`^\[(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d,\d{3})\]\[(?<level>[A-Z]+) *\]`

/** Loggers whose lines the formats here that are not the server's have. */
const OTHERS = String.raw`(?:org\.|o\.)?(?:logstash|filewatch)|index\.(?:search|indexing)\.slowlog`

/** log4j2.properties of Logstash. */
export const logstashPlain = patternFormat({
  name: 'logstash-plain',
  title: 'Logstash, plain',
  sureness: SURE,
  starts: '[',
  multiline: true,
  pattern: new RegExp(
    String.raw`${START}\[(?<logger>(?:org\.|o\.)?(?:logstash|filewatch)[^\]\s]*) *\](?:\[(?<pipeline>[^\]]*)\])?(?:\[[0-9a-f]{64}\])? (?<message>.*)$`,
  ),
  samples: [
    {
      line: '[2024-03-07T09:15:02,046][INFO ][logstash.javapipeline    ][main] Pipeline started {"pipeline.id"=>"main"}',
      expected: {
        time: '2024-03-07T09:15:02.046Z',
        level: 'info',
        logger: 'logstash.javapipeline',
        pipeline: 'main',
        message: 'Pipeline started {"pipeline.id"=>"main"}',
      },
    },
    {
      line: '[2024-03-07T09:15:03,001][WARN ][org.logstash.dissect.Dissector] Dissector mapping, pattern not found',
      expected: {
        time: '2024-03-07T09:15:03.001Z',
        level: 'warn',
        logger: 'org.logstash.dissect.Dissector',
        message: 'Dissector mapping, pattern not found',
      },
    },
  ],
})

/** Slow searches and slow indexing; what is known of each stands as `name[value]`. */
export const elasticsearchSlowlog = patternFormat({
  name: 'elasticsearch-slowlog',
  title: 'Elasticsearch and OpenSearch slow log',
  sureness: SURE,
  starts: '[',
  multiline: true,
  pattern: new RegExp(
    String.raw`${START}\[(?<logger>(?:index\.(?:search|indexing)\.slowlog|i\.[si]\.s)[\w.]*) *\] (?:\[(?<node>[^\]]*)\] )?\[(?<index>[^\]]*)\](?:\[(?<shard>\d+)\])? ?(?<message>took\[[^\]]*\], took_millis\[(?<duration_ms>\d+)\].*)$`,
  ),
  numbers: 'shard',
  after: (record, _line, groups) => addBracketed(record, groups.text('message') ?? ''),
  samples: [
    {
      line: '[2024-03-07T09:15:02,933][INFO ][index.search.slowlog.query] [node-1] [orders-2024.03][0] took[4.5ms], took_millis[4], total_hits[19435], types[], stats[], search_type[QUERY_THEN_FETCH], total_shards[1], source[{"query":{"match_all":{}}}], id[],',
      expected: {
        time: '2024-03-07T09:15:02.933Z',
        level: 'info',
        logger: 'index.search.slowlog.query',
        node: 'node-1',
        index: 'orders-2024.03',
        shard: 0,
        duration_ms: 4,
        total_hits: '19435',
        search_type: 'QUERY_THEN_FETCH',
        message:
          'took[4.5ms], took_millis[4], total_hits[19435], types[], stats[], search_type[QUERY_THEN_FETCH], total_shards[1], source[{"query":{"match_all":{}}}], id[],',
      },
    },
    {
      line: '[2024-03-07T09:15:03,536][WARN ][index.indexing.slowlog.index] [orders/VLKxBLvUSYuIMKzpacGjRg] took[2.1s], took_millis[2100], type[doc], id[7]',
      expected: {
        time: '2024-03-07T09:15:03.536Z',
        level: 'warn',
        logger: 'index.indexing.slowlog.index',
        index: 'orders/VLKxBLvUSYuIMKzpacGjRg',
        duration_ms: 2100,
        type: 'doc',
        id: '7',
        message: 'took[2.1s], took_millis[2100], type[doc], id[7]',
      },
    },
  ],
})

/** Elasticsearch's server and deprecation logs as text: level, logger, node, message. */
export const elasticsearch = patternFormat({
  name: 'elasticsearch',
  title: 'Elasticsearch and OpenSearch, server and deprecations',
  sureness: SURE,
  starts: '[',
  multiline: true,
  pattern: new RegExp(
    String.raw`${START}\[(?!${OTHERS})(?<logger>[\w.$]+) *\] ?(?:\[(?<node>[^\]\s]*)\] ?)?(?<message>.*)$`,
  ),
  samples: [
    {
      line: '[2024-03-07T09:15:02,737][WARN ][o.e.m.j.JvmGcMonitorService] [node-1] [gc][4711] overhead, spent [1.2s] collecting in the last [1.9s]',
      expected: {
        time: '2024-03-07T09:15:02.737Z',
        level: 'warn',
        logger: 'o.e.m.j.JvmGcMonitorService',
        node: 'node-1',
        message: '[gc][4711] overhead, spent [1.2s] collecting in the last [1.9s]',
      },
    },
    {
      line: '[2018-03-07T09:15:02,911][WARN ][o.e.d.c.ParseField       ] Deprecated field [inline] used, expected [source] instead',
      expected: {
        time: '2018-03-07T09:15:02.911Z',
        level: 'warn',
        logger: 'o.e.d.c.ParseField',
        message: 'Deprecated field [inline] used, expected [source] instead',
      },
    },
  ],
})

/** The audit log before it became JSON (7.0): layer, what happened, `name=[value]`. */
export const elasticsearchAudit = patternFormat({
  name: 'elasticsearch-audit',
  title: 'Elasticsearch audit log before 7.0',
  sureness: SURE,
  starts: '[',
  pattern: new RegExp(
    String.raw`^\[(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d,\d{3})\] (?:\[(?<node>[^\]]*)\] )?\[(?<layer>transport|rest|ip_filter)\] *\[(?<event>[a-z_]+)\]\s+(?<message>\S.*)$`,
  ),
  after: (record, _line, groups) => addBracketed(record, groups.text('message') ?? ''),
  samples: [
    {
      line: '[2018-03-07T09:15:02,304] [node-1] [rest] [authentication_failed]\torigin_address=[203.0.113.9], principal=[jo], uri=[/_search?q=1]',
      expected: {
        time: '2018-03-07T09:15:02.304Z',
        node: 'node-1',
        layer: 'rest',
        event: 'authentication_failed',
        client_ip: '203.0.113.9',
        user_id: 'jo',
        path: '/_search',
        query: 'q=1',
        message: 'origin_address=[203.0.113.9], principal=[jo], uri=[/_search?q=1]',
      },
    },
    {
      line: '[2018-03-07T09:15:03,778] [transport] [access_granted]  origin_type=[local_node], action=[indices:data/read/get]',
      expected: {
        time: '2018-03-07T09:15:03.778Z',
        event: 'access_granted',
        origin_type: 'local_node',
        action: 'indices:data/read/get',
        message: 'origin_type=[local_node], action=[indices:data/read/get]',
      },
    },
  ],
})
