import { ERRORS } from '../../core/errors.ts'
import { reportLines, unrepaired } from '../../quality/compare/comparison-report.ts'
import type { CommandContext } from '../command.ts'
import { compareNight } from './compare-night.ts'

const KEYS = 20

/** `ferry mirror --repair`: compares mirrored tables, and reads and writes anew what differs. */
export async function repairMirrored(
  names: readonly string[],
  wishes: { readonly date: string; readonly json: boolean },
  context: CommandContext,
): Promise<number> {
  let isWrong = false
  for (const name of names) {
    const { date } = wishes
    const night = { date, keys: KEYS, repair: true, live: false, warehouse: undefined }
    const report = await compareNight(name, night, context)
    isWrong ||= unrepaired(report) > 0
    const lines = wishes.json ? [`${JSON.stringify(report)}\n`] : reportLines(report)
    for (const line of lines) context.stdout.write(line)
  }
  return isWrong ? ERRORS.CHECK_FAILED.exit : 0
}
