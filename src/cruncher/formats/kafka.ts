import { SURE } from '../format.ts'
import { patternFormat } from '../pattern.ts'

/** log4j.properties of Kafka and of the ZooKeeper it ships: the logger stands in brackets at the end. */
export const kafka = patternFormat({
  name: 'kafka',
  title: 'Kafka, ZooKeeper',
  sureness: SURE,
  starts: '[',
  multiline: true,
  pattern:
    /^\[(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3})\] (?<level>[A-Z]+) (?:\[(?<component>[^\]]*)\]:? )?(?<message>.*) \((?<logger>[\w.$]+)\)$/,
  samples: [
    {
      line: '[2024-03-07 09:15:02,718] INFO [GroupCoordinator 1]: Preparing to rebalance group shop (kafka.coordinator.group.GroupCoordinator)',
      expected: {
        time: '2024-03-07T09:15:02.718Z',
        level: 'info',
        component: 'GroupCoordinator 1',
        logger: 'kafka.coordinator.group.GroupCoordinator',
        message: 'Preparing to rebalance group shop',
      },
    },
    {
      line: '[2024-03-07 09:15:03,100] WARN Session 0x0 closed (org.apache.zookeeper.ClientCnxn)',
      expected: {
        time: '2024-03-07T09:15:03.1Z',
        level: 'warn',
        logger: 'org.apache.zookeeper.ClientCnxn',
        message: 'Session 0x0 closed',
      },
    },
  ],
})
