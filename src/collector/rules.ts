import { FerryError } from '../core/errors.ts'
import type { MakeRule } from '../formats/make-rule.ts'
import { isQueueUrl } from '../formats/queue-url.ts'
import type { CollectConfig } from './config.ts'

const REPORT = 'results/$(TODAY)/events.json'

/**
 * The make rules of a project that collects events: `events`, the account of what was delivered of the
 * night's day. None unless `collect.verify` asks for it. @throws FerryError CONFIG_INVALID (a queue)
 */
export function eventRules({ verify, target }: CollectConfig): readonly MakeRule[] {
  if (!verify) return []
  if (isQueueUrl(target)) {
    throw new FerryError('CONFIG_INVALID', '`collect.verify` needs events that lie in a store', {
      hint: 'what went through a queue is verified where it was stored: ferry events verify URL',
    })
  }
  return [
    {
      target: 'events',
      prerequisites: [REPORT],
      recipe: [],
      phony: true,
      description: "the account of the day's events",
    },
    {
      target: REPORT,
      prerequisites: ['ferry.yaml'],
      recipe: [
        `mkdir -p $(@D) && ferry events verify ${quoted(target)} --date $(TODAY) --counts events --report $(TMP_OUT) && mv $(TMP_OUT) $@`,
      ],
    },
  ]
}

/** For a shell within a recipe. */
const quoted = (text: string): string =>
  `'${text.replaceAll("'", "'\\''").replaceAll('$', '$$$$')}'`
