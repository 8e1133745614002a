import { FerryError } from '../../core/errors.ts'
import { fillIn, fillInJson, mentions, type TemplateValues } from '../template.ts'
import type { TablePlan } from '../table-plan.ts'
import type { ApiRequest } from './api-client.ts'
import type { PagePosition } from './pager.ts'

/** Whether the request says itself where the cursor goes. */
export function usesCursor({ config, own }: TablePlan): boolean {
  const texts = [
    own.url ?? '',
    config.url ?? '',
    JSON.stringify([config.params, config.headers, config.body]),
  ]
  return texts.some(text => mentions(text, 'cursor'))
}

/** The request for one page. @throws FerryError CONFIG_INVALID */
export function pageRequest(
  { config, own }: TablePlan,
  values: TemplateValues,
  at: PagePosition,
): ApiRequest {
  const filled = new Map(values).set('cursor', at.cursor)
  const url = at.url ?? requestUrl([config.url ?? '', own.url], filled)
  if (at.url === undefined) {
    for (const [name, text] of Object.entries(config.params ?? {})) {
      const value = fillIn(text, filled)
      if (value !== undefined) url.searchParams.set(name, value)
    }
  }
  for (const [name, value] of Object.entries(at.params)) url.searchParams.set(name, value)
  const headers: Record<string, string> = {}
  for (const [name, text] of Object.entries(config.headers ?? {})) {
    const value = fillIn(text, filled)
    if (value !== undefined) headers[name.toLowerCase()] = value
  }
  const hasBody = config.body !== undefined
  const method = config.method ?? (hasBody ? 'POST' : 'GET')
  if (!hasBody) return { method, url, headers }
  const body = JSON.stringify(fillInJson(config.body, filled))
  return { method, url, headers: { 'content-type': 'application/json', ...headers }, body }
}

/** The URL of a table: that of its source, or one that is relative to it. */
export function requestUrl(
  [base, relative]: readonly [base: string, relative: string | undefined],
  values: TemplateValues,
): URL {
  const escape = encodeURIComponent
  const filled = [base, relative ?? ''].map(text => fillIn(text, values, escape))
  const [source = '', path] = filled
  if (path === undefined || filled.includes(undefined)) {
    throw new FerryError(
      'CONFIG_INVALID',
      `\`${relative ?? base}\` has a part that has no value yet`,
      {
        hint: 'put it into params: a parameter without a value is left out',
      },
    )
  }
  try {
    // A table's URL lies under that of its source, whether or not that ends in a slash.
    const under = path === '' || source.endsWith('/') ? source : `${source}/`
    const url = new URL(path.replace(/^\/(?!\/)/, ''), under)
    if (url.protocol === 'http:' || url.protocol === 'https:') return url
  } catch {
    // said below, as for a URL of another scheme
  }
  throw new FerryError('CONFIG_INVALID', `\`${relative ?? base}\` is no URL of HTTP`, {
    hint: 'write it as https://api.example/v1/things',
  })
}
