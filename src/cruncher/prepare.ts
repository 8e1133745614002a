import { Classifier } from './classify.ts'
import { readFormats } from './custom/read-formats.ts'
import { Detector } from './detector.ts'
import type { Steps } from './file-cruncher.ts'
import { compileFilter } from './filter/compile-filter.ts'
import { compileSelection } from './filter/select.ts'
import { type InputFile, STANDARD_INPUT } from './input/input-file.ts'
import { JSON_FORMATS, PAIR_FORMATS } from './member-registry.ts'
import { JsonMembers } from './members/json-members.ts'
import { MemberLines } from './members/member-lines.ts'
import { NAME_BYTES, PairMembers } from './members/pair-members.ts'
import type { CrunchPlan } from './plan.ts'
import type { LogRecord } from './record.ts'
import { compileRedaction } from './redact/compile-redaction.ts'
import { compileReduction, type Reduction } from './reduce/reduction.ts'
import { FORMATS } from './registry.ts'
import { compileRoutes } from './routes/route-tree.ts'
import { createScanner } from './scan/scanner.ts'
import { TimeInference } from './time/time-inference.ts'
import { usedFields } from './used-fields.ts'

/** A plan, compiled: what a thread keeps from one input to the next. */
export interface Prepared {
  /** A detector for one input: it learns from its lines. */
  detector(): Detector
  /** Learns templates of one input. */
  classifier(): Classifier
  /** The aggregates, for one input and its routes. */
  reductions(classifier: Classifier): readonly Reduction[]
  /** The steps before the sinks, for one input and its routes. */
  steps(input: InputFile, classifier: Classifier): Omit<Steps, 'sinks'>
}

/** @throws FerryError CONFIG_INVALID */
export function prepare(plan: CrunchPlan): Prepared {
  const { config } = plan
  const custom = plan.formats.map(readFormats)
  const formats = [...custom.flatMap(({ lines }) => lines), ...FORMATS]
  const used = usedFields(config, plan.keepsAll === true || plan.outputDirectory !== undefined)
  const names = new Map(Object.entries(config.fields))
  const { isWanted } = used
  const scanner = createScanner(NAME_BYTES)
  const json = new MemberLines({
    members: () => new JsonMembers(),
    formats: [...custom.flatMap(({ members }) => members), ...JSON_FORMATS],
    names,
    isWanted,
    quick: scanner && { scanner, scan: scanner.scanObject },
  })
  const pairs = new MemberLines({
    members: () => new PairMembers(),
    formats: PAIR_FORMATS,
    names,
    isWanted,
    quick: scanner && { scanner, scan: scanner.scanPairs },
  })
  const routes = compileRoutes(plan.routes)
  const select = compileSelection(config)
  return {
    detector: () =>
      new Detector({ formats, json, pairs, keepsAttributes: used.attributes, scanner }),
    classifier: () => new Classifier(routes),
    reductions: classifier => reductionsOf(plan, classifier),
    steps: (input, classifier) => ({
      inferTime: inferenceOf(input, plan),
      classify: record => classifier.classify(record),
      refuse: select && (record => select(record, routeOf(record, classifier))),
      redact: compileRedaction(config.redact),
    }),
  }
}

const routeOf = (record: LogRecord, classifier: Classifier): string | undefined =>
  record.route < 0 ? undefined : classifier.name(record.route)

/** The aggregates of a plan, compiled; without a classifier, for merging what was counted. */
export function reductionsOf({ config }: CrunchPlan, classifier?: Classifier): Reduction[] {
  return Object.entries(config.reduce).map(([name, one]) => {
    if (one.where === undefined) return compileReduction(name, one)
    const filter = compileFilter(one.where)
    const where = (record: LogRecord): boolean =>
      filter(record, classifier === undefined ? undefined : routeOf(record, classifier))
    return compileReduction(name, one, where)
  })
}

function inferenceOf(input: InputFile, { config }: CrunchPlan): Steps['inferTime'] {
  const modifiedMs = input === STANDARD_INPUT ? Number.NaN : input.modifiedMs
  const inference = new TimeInference({ fileName: input.name, modifiedMs, zone: config.time_zone })
  return record => inference.complete(record)
}
