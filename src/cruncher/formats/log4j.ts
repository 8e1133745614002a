import { DATE_TIME, LEVEL_IN_CAPITALS, OFFSET } from '../expression.ts'
import { LIKELY } from '../format.ts'
import { patternFormat } from '../pattern.ts'

const LEVEL = String.raw`(?<level>${LEVEL_IN_CAPITALS}|SEVERE|CONFIG|FINE|FINER|FINEST) *`
/** A class with its packages, some of them shortened. */
const LOGGER = String.raw`(?<logger>[\w$]+(?:[.\/][\w$<>-]+)+)`
const TIME = String.raw`(?<time>${DATE_TIME}(?: ?${OFFSET})?|\d\d:\d\d:\d\d[.,]\d{3})`

/**
 * The usual layouts of Log4j and Logback: all have time, level, thread and a class, in an order of
 * their own: `time [thread] LEVEL logger - message` is Logback's basic one.
 */
export const log4j = patternFormat({
  name: 'log4j',
  title: 'Log4j, Logback, JBoss logging',
  sureness: LIKELY,
  starts: '0-9A-Z[',
  multiline: true,
  pattern: [
    new RegExp(
      String.raw`^\[${TIME}\] \[${LEVEL}\] \[(?<thread>[^\]]*)\] \[(?<logger>[\w.$-]+)\] - (?<message>.*)$`,
    ),
    new RegExp(
      String.raw`^${TIME} \[(?<thread>[^\]]*)\] ${LEVEL} ${LOGGER} *(?:\[[^\]]*\] )?[-:]+ (?<message>.*)$`,
    ),
    new RegExp(
      String.raw`^${TIME} ${LEVEL}\[(?<logger>[\w.$-]+)\] \((?<thread>[^)]*(?:\)-\d+)?)\) (?<message>.*)$`,
    ),
    new RegExp(
      String.raw`^${TIME} +${LEVEL}\[(?<logger>[\w$]+(?:\.[\w$-]+)+)\] - ?(?<message>.*)$`,
    ),
    new RegExp(
      String.raw`^${TIME} +${LEVEL}\[(?<thread>[^\]]{0,200}?) *\] ${LOGGER} *[-:]* (?<message>.*)$`,
    ),
    new RegExp(
      String.raw`^${TIME} +${LEVEL}\[(?<thread>[^\]]{0,200}?) *\] (?<logger>[\w.$]+) +: (?<message>.*)$`,
    ),
    new RegExp(
      String.raw`^${TIME} +${LEVEL}\((?<thread>[^)]*)\) (?:\[[^\]]*\] )?${LOGGER} *[-:]* ?(?<message>.*)$`,
    ),
    new RegExp(
      String.raw`^${TIME} +${LEVEL}${LOGGER}(?::\d+)? *(?:\[(?<thread>[^\]]*)\] ?)?(?: -|:|:? -) (?<message>.*)$`,
    ),
    new RegExp(String.raw`^${TIME} - ${LEVEL}\[(?<thread>[^\]]*)\] - (?<message>.*)$`),
    new RegExp(
      String.raw`^${TIME} \[(?<context>[^\]]*)\] - ${LEVEL}\[(?<thread>[^\]]*)\] - (?<message>.*)$`,
    ),
    new RegExp(String.raw`^${LEVEL}\[${TIME}\] ${LOGGER}: (?<message>.*)$`),
    new RegExp(
      String.raw`^${LEVEL}\[(?<thread>[^\]]*)\] ${TIME} (?<source>[\w$]+\.(?:java|scala|kt):\d+) - (?<message>.*)$`,
    ),
    new RegExp(
      String.raw`^${TIME} \| ${LEVEL}\| (?<message>.*) \| (?<logger>[\w.$]+) \| (?<thread>[^|]+)$`,
    ),
  ],
  samples: [
    {
      line: '2024-03-07 09:15:02,123 [http-8080-3] WARN  com.example.shop.Cart - item 7 is gone',
      expected: {
        time: '2024-03-07T09:15:02.123Z',
        level: 'warn',
        thread: 'http-8080-3',
        logger: 'com.example.shop.Cart',
        message: 'item 7 is gone',
      },
    },
    {
      line: '2024-03-07 09:15:02,357 ERROR [org.example.events] (executor-thread-7) type=LOGIN_ERROR',
      expected: {
        time: '2024-03-07T09:15:02.357Z',
        level: 'error',
        thread: 'executor-thread-7',
        logger: 'org.example.events',
        message: 'type=LOGIN_ERROR',
      },
    },
    {
      line: '2024-03-07 09:15:02,115 INFO [org.example.audit.LoggingTrail] - jo|login|ok',
      expected: {
        time: '2024-03-07T09:15:02.115Z',
        level: 'info',
        logger: 'org.example.audit.LoggingTrail',
        message: 'jo|login|ok',
      },
    },
    {
      line: '2024-03-07T09:15:30,139 INFO [background-preinit       ] Version                  : HV000001: Validator 8',
      expected: {
        time: '2024-03-07T09:15:30.139Z',
        level: 'info',
        thread: 'background-preinit',
        logger: 'Version',
        message: 'HV000001: Validator 8',
      },
    },
    {
      line: '2024-03-07 09:15:02.123 INFO  (qtp15-20) [c:items s:shard1] o.a.s.c.S.Request webapp=/solr path=/select',
      expected: {
        time: '2024-03-07T09:15:02.123Z',
        level: 'info',
        thread: 'qtp15-20',
        logger: 'o.a.s.c.S.Request',
        message: 'webapp=/solr path=/select',
      },
    },
    {
      line: '2024-03-07 09:15:02,123 INFO org.example.hdfs.DataNode: Receiving block',
      expected: {
        time: '2024-03-07T09:15:02.123Z',
        level: 'info',
        logger: 'org.example.hdfs.DataNode',
        message: 'Receiving block',
      },
    },
    {
      line: '2024-03-07 09:15:02,123 [myid:1] - INFO  [main:QuorumPeer@123] - Starting quorum peer',
      expected: {
        time: '2024-03-07T09:15:02.123Z',
        level: 'info',
        context: 'myid:1',
        thread: 'main:QuorumPeer@123',
        message: 'Starting quorum peer',
      },
    },
    {
      line: 'INFO  [2024-03-07 09:15:02,123] com.example.shop.App: Registering',
      expected: {
        time: '2024-03-07T09:15:02.123Z',
        level: 'info',
        logger: 'com.example.shop.App',
        message: 'Registering',
      },
    },
    {
      line: 'INFO  [main] 2024-03-07 09:15:02,123 ColumnFamilyStore.java:411 - Initializing shop.orders',
      expected: {
        time: '2024-03-07T09:15:02.123Z',
        level: 'info',
        thread: 'main',
        source: 'ColumnFamilyStore.java:411',
        message: 'Initializing shop.orders',
      },
    },
    {
      line: '2024-03-07 09:15:02,123 | INFO  | Broker started | org.example.BrokerService | main',
      expected: {
        time: '2024-03-07T09:15:02.123Z',
        level: 'info',
        logger: 'org.example.BrokerService',
        thread: 'main',
        message: 'Broker started',
      },
    },
  ],
})
