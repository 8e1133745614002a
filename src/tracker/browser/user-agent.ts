import type { Entry } from '../queue.ts'

/** The last of these in the first parentheses: `Linux; Android 14` is Android. */
const SYSTEM =
  /\([^)]*(Windows NT|Android|iPhone OS|CPU OS|Intel Mac OS X|CrOS|Linux)(?: x86_64| a[\w]+64)? ?([\d._]*)/
/** The last of these: Edge says that it is Chrome, before it says what it is. */
const BROWSER = /.*(Edg|OPR|Firefox|FxiOS|CriOS|Chrome|Version)\w*\/([\d.]+)/

/** As much as its name tells, which is what it wants to tell. */
export function describeBrowser(): Pick<
  Entry['c'],
  'system' | 'systemVersion' | 'browser' | 'browserVersion' | 'systemLanguage'
> {
  const { userAgent, language } = navigator
  const [, system = 'unknown', systemVersion = ''] = SYSTEM.exec(userAgent) ?? []
  const [, browser = 'unknown', browserVersion = ''] = BROWSER.exec(userAgent) ?? []
  return {
    system: system.replace('Intel ', ''),
    systemVersion: systemVersion || 'unknown',
    browser: browser === 'Version' ? 'Safari' : browser,
    browserVersion,
    systemLanguage: language,
  }
}
