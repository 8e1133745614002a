import { SURE } from '../format.ts'
import { patternFormat } from '../pattern.ts'

/** Icinga 2's main log: level and facility with a slash between. */
export const icinga = patternFormat({
  name: 'icinga',
  title: 'Icinga 2',
  sureness: SURE,
  starts: '[',
  multiline: true,
  pattern:
    /^\[(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4})\] (?<level>debug|notice|information|warning|critical)\/(?<logger>\w+): (?<message>.*)$/,
  samples: [
    {
      line: "[2024-03-07 09:15:02 +0100] warning/PluginNotificationTask: Notification command for object 'web!load' failed",
      expected: {
        time: '2024-03-07T08:15:02Z',
        offset: 60,
        level: 'warn',
        logger: 'PluginNotificationTask',
        message: "Notification command for object 'web!load' failed",
      },
    },
    {
      line: '[2024-03-07 09:15:03 +0000] information/ConfigObject: Dumping program state',
      expected: {
        time: '2024-03-07T09:15:03Z',
        offset: 0,
        level: 'info',
        logger: 'ConfigObject',
        message: 'Dumping program state',
      },
    },
  ],
})
