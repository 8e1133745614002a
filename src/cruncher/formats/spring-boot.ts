import { DATE_TIME, LEVEL_IN_CAPITALS, OFFSET } from '../expression.ts'
import { SURE } from '../format.ts'
import { patternFormat } from '../pattern.ts'

/** Spring Boot's own pattern for Logback and Log4j; from 3.0 with `T` and the zone, then the application's name and ids of traces. */
export const springBoot = patternFormat({
  name: 'spring-boot',
  title: 'Spring Boot',
  sureness: SURE,
  starts: '0-9',
  multiline: true,
  pattern: new RegExp(
    String.raw`^(?<time>${DATE_TIME}${OFFSET}?) +(?<level>${LEVEL_IN_CAPITALS}|OFF) (?:\[(?<context>[^\]]*)\] )?(?<pid>\d+) --- (?:\[(?<service>[^\]]{0,100}?) {0,50}\] )?\[ {0,50}(?<thread>[^\]]{0,100}?) {0,50}\] (?:\[(?<trace>[^\]]{0,100}?) {0,50}\] )?(?<logger>\S+) *: (?<message>.*)$`,
  ),
  numbers: 'pid',
  samples: [
    {
      line: '2024-03-07 09:15:02.123  INFO 4711 --- [           main] c.e.shop.ShopApplication                 : Started ShopApplication in 2.1 seconds',
      expected: {
        time: '2024-03-07T09:15:02.123Z',
        level: 'info',
        pid: 4711,
        thread: 'main',
        logger: 'c.e.shop.ShopApplication',
        message: 'Started ShopApplication in 2.1 seconds',
      },
    },
    {
      line: '2024-03-07T09:15:03.456+01:00 ERROR 1 --- [shop] [nio-8080-exec-3] [65f1c0-9ab2] o.a.c.c.C.[.[.[/].[dispatcherServlet]    : Servlet.service() threw exception',
      expected: {
        time: '2024-03-07T08:15:03.456Z',
        offset: 60,
        level: 'error',
        pid: 1,
        service: 'shop',
        thread: 'nio-8080-exec-3',
        trace: '65f1c0-9ab2',
        logger: 'o.a.c.c.C.[.[.[/].[dispatcherServlet]',
        message: 'Servlet.service() threw exception',
      },
    },
  ],
})
