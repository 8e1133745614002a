import { GENERIC } from '../format.ts'
import { patternFormat } from '../pattern.ts'

/** Times that have a date, whole. */
const TIME = String.raw`(?<time>\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|[+-]\d\d:?\d\d|UTC|GMT))?|\d\d/[A-Z][a-z]{2}/\d{4}[: ]\d\d:\d\d:\d\d(?: [+-]\d{4})?|\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d(?:[.,]\d{1,6})?|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}|[A-Z][a-z]{2} [ \d]\d,? \d{4} \d\d:\d\d:\d\d|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{3,6})?|\d{10}\.\d{3,6})`

/** Words that are levels whatever stands around them. */
const WORDS = [
  'trace debug verbose info information notice warn warning error err severe critical crit fatal alert emerg emergency panic',
].join(' ')
const LEVELS = WORDS.split(' ')
const CAPITALS = LEVELS.map(word => word.toUpperCase())
const CAPITALIZED = LEVELS.map(word => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`)
const LEVEL = String.raw`(?<level>${[...CAPITALS, ...CAPITALIZED, ...LEVELS].join('|')})`

/** One thing in brackets of any kind, or a number: a process, a thread, a context. */
const CONTEXT = String.raw`(?:\[(?<context>[^\]]*)\]|\((?<context_too>[^)]*)\)|(?<pid>\d{1,10}))`
const BETWEEN = String.raw`[ \t]{0,8}(?:[-|:,;][ \t]{0,8})?`
const AFTER = String.raw`(?:[ \t]{0,8}[-|:;,]{1,8}[ \t]{0,80}|[ \t]{1,80})`

/**
 * `time level message`, `[time] [level] message`, `level [time] message`, `time [context] level: message`:
 * with brackets, bars, colons or dashes. A time with a date and a word that is a level must be there.
 */
export const timeAndLevel = patternFormat({
  name: 'time-level-message',
  title: 'Time, level, message',
  sureness: GENERIC,
  starts: '0-9A-Za-z[(<',
  multiline: true,
  numbers: 'pid',
  pattern: [
    new RegExp(
      String.raw`^[[(]?${TIME}[\])]?${BETWEEN}[[(<]?${LEVEL}[ ]{0,8}(?:[\])>]:?|(?=[\s:|;,-]))${AFTER}(?<message>\S.*)$`,
    ),
    new RegExp(
      String.raw`^[[(]?${TIME}[\])]?${BETWEEN}${CONTEXT}${BETWEEN}[[(<]?${LEVEL}[ ]{0,8}(?:[\])>]:?|(?=[\s:|;,-]))${AFTER}(?<message>\S.*)$`,
    ),
    new RegExp(
      String.raw`^[[(<]?${LEVEL}[ ]{0,8}(?:[\])>]:?|(?=[\s:|;,-]))${BETWEEN}[[(]?${TIME}[\])]?${AFTER}(?<message>\S.*)$`,
    ),
    new RegExp(
      String.raw`^[[(]?${TIME}[\])]?${BETWEEN}(?<logger>[A-Za-z_][\w.$/-]*)(?:\[(?<pid>\d+)\])?:?${BETWEEN}[[(<]${LEVEL}[ ]{0,8}[\])>]:?${AFTER}(?<message>\S.*)$`,
    ),
  ],
  samples: [
    {
      line: '2024-03-07 09:15:02.774649 [NOTICE] [1226033] Failed login of jo',
      expected: {
        time: '2024-03-07T09:15:02.774649Z',
        level: 'notice',
        message: '[1226033] Failed login of jo',
      },
    },
    {
      line: '[2024-03-07 09:15:03,143] INFO Config values: ',
      expected: {
        time: '2024-03-07T09:15:03.143Z',
        level: 'info',
        message: 'Config values: ',
      },
    },
    {
      line: '2024-03-07 09:15:04: [error] cart: wrong password',
      expected: {
        time: '2024-03-07T09:15:04Z',
        level: 'error',
        message: 'cart: wrong password',
      },
    },
    {
      line: '2024-03-07T09:15:05Z [4711] warning: cart is empty',
      expected: {
        time: '2024-03-07T09:15:05Z',
        offset: 0,
        level: 'warn',
        context: '4711',
        message: 'cart is empty',
      },
    },
    {
      line: 'ERROR [2024-03-07 09:15:06] no cart',
      expected: { time: '2024-03-07T09:15:06Z', level: 'error', message: 'no cart' },
    },
  ],
})
