import { FerryError } from '../../core/errors.ts'
import { parseLogicalDate } from '../../core/logical-date.ts'
import type { Dashboard } from '../dashboard.ts'
import type { WebApp } from '../page.ts'

/** `POST /run`: makes a target again, where `web.allow` has `run`. */
export function runAgain(app: WebApp, { nights, runTarget, logger }: Dashboard): void {
  app.post('/run', async context => {
    if (runTarget === undefined) {
      throw new FerryError('DENIED', 'these pages may not run anything', {
        hint: 'set `web.allow: [run]` in ferry.yaml',
      })
    }
    const form = await context.req.parseBody()
    const date = parseLogicalDate(textOf(form['date']))
    const target = textOf(form['target'])
    // What is not a target of that night is no business of a page.
    if (!(await nights.night(date)).targets.has(target)) {
      throw new FerryError('INPUT_MISSING', `the night of ${date} has no such target`)
    }
    logger.info(`${context.get('reader').name ?? 'a reader'} runs \`${target}\` of ${date} again`)
    await runTarget(date, target)
    return context.redirect(`/?date=${date}`, 303)
  })
}

const textOf = (field: unknown): string => (typeof field === 'string' ? field : '')
