import type { MakeRule } from '../formats/make-rule.ts'
import type { CrunchConfig } from './config.ts'

/** The make target of a night's crunching: the account of all its inputs. */
export const ACCOUNT_TARGET = 'results/$(TODAY)/crunch/account.json'
const INPUTS = 'intermediate/$(TODAY)/crunch/inputs.mk'

/**
 * The make rules of crunching: `crunch`, and the account, whose recipe lists the inputs as they are now
 * and makes each a target of its own, so that all cores are used and a retry does only what is missing;
 * then what all have of each aggregate is merged. None without inputs. Pure.
 */
export function crunchRules({ inputs, formats }: CrunchConfig): readonly MakeRule[] {
  if (inputs.length === 0) return []
  return [
    {
      target: 'crunch',
      prerequisites: [ACCOUNT_TARGET],
      recipe: [],
      phony: true,
      description: 'the logs of the night, as clean records and aggregates',
    },
    {
      target: ACCOUNT_TARGET,
      prerequisites: ['ferry.yaml', ...formats],
      recipe: [
        `mkdir -p $(dir ${INPUTS}) $(@D) && ferry crunch makefile --date $(TODAY) > ${INPUTS}`,
        `+$(MAKE) --no-print-directory -f ${INPUTS} crunch-inputs`,
        'ferry crunch --date $(TODAY) --json > $(TMP_OUT) && mv $(TMP_OUT) $@',
      ],
    },
  ]
}
