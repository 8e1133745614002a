import type { FileAccount } from './account.ts'
import { Classifier } from './classify.ts'
import { crunchFile } from './crunch-file.ts'
import { type InputFile, readInput, type ReadInputOptions } from './input/input-file.ts'
import { UNKNOWN } from './join-lines.ts'
import type { CrunchPlan } from './plan.ts'
import type { Prepared } from './prepare.ts'
import { MESSAGE } from './record.ts'

export interface Share {
  lines: number
  share: number
}

export interface RouteShare extends Share {
  /** Whether a rule names it; else it is a template that was learned. */
  readonly listed: boolean
}

export interface Coverage {
  readonly lines: number
  readonly formats: Readonly<Record<string, Share>>
  /** Of the lines that are requests; the most frequent first. */
  readonly routes: Readonly<Record<string, RouteShare>>
  readonly unknown: Share & {
    /** The first few, as they stand. */
    readonly examples: readonly string[]
  }
}

const MAX_EXAMPLES = 10
const MAX_EXAMPLE_LENGTH = 500

/** How much of a file is known: its formats, its routes, what is unknown. Nothing is written. */
export async function coverageOf(
  input: InputFile,
  plan: CrunchPlan,
  prepared: Prepared,
  options: ReadInputOptions,
): Promise<Coverage> {
  const classifier = prepared.classifier()
  const routes = new Map<number, number>()
  const examples: string[] = []
  const { account, damage } = await crunchFile({
    source: readInput(input, options),
    detector: prepared.detector(),
    steps: {
      ...prepared.steps(input, classifier),
      sinks: [
        record => {
          if (record.route >= 0) routes.set(record.route, (routes.get(record.route) ?? 0) + 1)
          if (record.format === UNKNOWN && examples.length < MAX_EXAMPLES) {
            examples.push((record.text(MESSAGE) ?? '').slice(0, MAX_EXAMPLE_LENGTH))
          }
        },
      ],
    },
    outputs: [],
    reject: () => {},
    maxLineBytes: plan.config.max_line,
    hasGrown: async () => false,
  })
  if (damage !== undefined) options.logger.warn(`\`${input.name}\`: ${damage}`)
  return describe(account, routes, classifier, examples)
}

function describe(
  account: FileAccount,
  routes: ReadonlyMap<number, number>,
  classifier: Classifier,
  examples: readonly string[],
): Coverage {
  const shareOf = (lines: number, all: number): Share => ({
    lines,
    share: all === 0 ? 0 : Math.round((lines / all) * 1_000_000) / 1_000_000,
  })
  const requests = [...routes.values()].reduce((sum, count) => sum + count, 0)
  const named = [...routes]
    .map(([route, count]) => ({ route, count, name: classifier.name(route) }))
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
  const formats = Object.entries(account.formats).filter(([name]) => name !== UNKNOWN)
  const unknown = account.formats[UNKNOWN]
  const blank = account.reasons.filtered['blank'] ?? 0
  return {
    lines: account.lines,
    formats: Object.fromEntries(
      formats.map(([name, counts]) => [name, shareOf(counts.lines, account.lines)]),
    ),
    routes: Object.fromEntries(
      named.map(({ route, count, name }) => [
        name,
        { ...shareOf(count, requests), listed: classifier.isListed(route) },
      ]),
    ),
    unknown: { ...shareOf((unknown?.lines ?? 0) - blank, account.lines), examples },
  }
}
