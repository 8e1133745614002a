import { copyObjects } from '../objects/copy-objects.ts'
import { type Selection, selectionOf } from '../objects/selection.ts'
import type { Invocation } from './command.ts'
import { asTarget, isFolderTarget, splitOperands } from './copy-target.ts'
import { objectLocation } from './object-location.ts'
import {
  copyPlan,
  storageOptions,
  storageSettings,
  storePool,
  transferOptions,
  transferSetup,
} from './transfer-options.ts'

export const copyOptions = { ...transferOptions, ...storageOptions }

/** What `cp` and `mv` do: copy between any two places, and then, for a move, remove the source. */
export async function runCopy(
  invocation: Invocation<typeof copyOptions>,
  action: 'copy' | 'move',
): Promise<number> {
  const { args, options, context } = invocation
  const { sources, target } = splitOperands(args)
  const { recursive, prefix } = options
  const selections: Selection[] = []
  for (const source of sources) {
    selections.push(selectionOf(await objectLocation(source, context), { recursive, prefix }))
  }
  const url = await objectLocation(target, context)
  const isFolder = isFolderTarget(url)
  await using pool = storePool(context)
  const { report, options: setup } = transferSetup(invocation, pool)
  await copyObjects(copyPlan(selections, asTarget(url, isFolder), isFolder), {
    ...setup,
    skipExisting: options['skip-existing'],
    action,
    put: storageSettings(invocation),
    compress: undefined,
    decompress: undefined,
  })
  return report.finish()
}
