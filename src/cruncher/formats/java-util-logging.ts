import { LIKELY, SURE } from '../format.ts'
import type { Line } from '../line.ts'
import { patternFormat } from '../pattern.ts'

const LEVELS = 'SEVERE|WARNING|INFO|CONFIG|FINE|FINER|FINEST'
const SECOND_LINE = new RegExp(`^(?:${LEVELS}): `)

/** SimpleFormatter: a line with time, class and method, and one with level and message. */
export const javaUtilLogging = patternFormat({
  name: 'java-util-logging',
  title: 'java.util.logging',
  sureness: SURE,
  starts: 'A-Z',
  multiline: true,
  goesOn: (line: Line) => SECOND_LINE.test(line.text),
  pattern: new RegExp(
    String.raw`^(?<time>[A-Z][a-z]{2} \d\d?, \d{4},? \d\d?:\d\d:\d\d [AP]M) (?<logger>[\w.$]+) (?<function>[\w$<>-]+)(?:\r?\n(?<level>${LEVELS}): (?<message>.*))?$`,
  ),
  samples: [
    {
      line: 'Mar 07, 2024 9:15:02 PM com.example.shop.Cart add\nWARNING: item 7 is gone',
      expected: {
        time: '2024-03-07T21:15:02Z',
        level: 'warn',
        logger: 'com.example.shop.Cart',
        function: 'add',
        message: 'item 7 is gone',
      },
    },
    {
      line: 'Mar 7, 2024 12:15:02 AM org.example.Main main',
      expected: {
        time: '2024-03-07T00:15:02Z',
        logger: 'org.example.Main',
        function: 'main',
      },
    },
  ],
})

/** Tomcat's OneLineFormatter. */
export const tomcat = patternFormat({
  name: 'tomcat',
  title: 'Tomcat (JULI)',
  sureness: LIKELY,
  starts: '0-9',
  multiline: true,
  pattern: new RegExp(
    String.raw`^(?<time>\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d\.\d{3}) (?<level>${LEVELS}) \[(?<thread>[^\]]*)\] (?<logger>[\w.$]+)\.(?<function>[\w$<>]+) (?<message>.*)$`,
  ),
  samples: [
    {
      line: '07-Mar-2024 09:15:02.123 INFO [main] org.apache.catalina.startup.Catalina.start Server startup in [1234] milliseconds',
      expected: {
        time: '2024-03-07T09:15:02.123Z',
        level: 'info',
        thread: 'main',
        logger: 'org.apache.catalina.startup.Catalina',
        function: 'start',
        message: 'Server startup in [1234] milliseconds',
      },
    },
    {
      line: '07-Mar-2024 09:15:03.000 SEVERE [http-nio-8080-exec-1] org.example.Cart.<init> no items',
      expected: {
        time: '2024-03-07T09:15:03Z',
        level: 'error',
        thread: 'http-nio-8080-exec-1',
        logger: 'org.example.Cart',
        function: '<init>',
        message: 'no items',
      },
    },
  ],
})
