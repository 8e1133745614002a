import { Classifier } from './classify.ts'
import { readFormats } from './custom/read-formats.ts'
import { Detector } from './detector.ts'
import type { Steps } from './file-cruncher.ts'
import { type InputFile, STANDARD_INPUT } from './input/input-file.ts'
import { ACCESS_FORMATS, JSON_FORMATS, PAIR_FORMATS } from './member-registry.ts'
import { JsonMembers } from './members/json-members.ts'
import { MemberLines } from './members/member-lines.ts'
import { PairMembers } from './members/pair-members.ts'
import type { CrunchPlan } from './plan.ts'
import { compileReduction, type Reduction } from './reduce/reduction.ts'
import { FORMATS } from './registry.ts'
import { compileRoutes } from './routes/route-tree.ts'
import { TimeInference } from './time/time-inference.ts'
import { usedFields } from './used-fields.ts'

/** A plan, compiled: what a thread keeps from one input to the next. */
export interface Prepared {
  /** A detector for one input: it learns from its lines. */
  detector(): Detector
  /** Learns templates of one input. */
  classifier(): Classifier
  readonly reductions: readonly Reduction[]
  /** The other steps before the sinks, for one input. */
  steps(input: InputFile): Omit<Steps, 'sinks' | 'classify'>
}

/** @throws FerryError CONFIG_INVALID */
export function prepare(plan: CrunchPlan): Prepared {
  const { config } = plan
  const custom = plan.formats.map(readFormats)
  const formats = [...custom.flatMap(({ lines }) => lines), ...ACCESS_FORMATS, ...FORMATS]
  const used = usedFields(config, plan.keepsAll === true || plan.outputDirectory !== undefined)
  const names = new Map(Object.entries(config.fields))
  const { isWanted } = used
  const json = new MemberLines({
    members: () => new JsonMembers(),
    formats: [...custom.flatMap(({ members }) => members), ...JSON_FORMATS],
    names,
    isWanted,
  })
  const pairs = new MemberLines({
    members: () => new PairMembers(),
    formats: PAIR_FORMATS,
    names,
    isWanted,
  })
  const routes = compileRoutes(plan.routes)
  return {
    detector: () => new Detector({ formats, json, pairs, keepsAttributes: used.attributes }),
    classifier: () => new Classifier(routes),
    reductions: reductionsOf(plan),
    steps: input => ({ inferTime: inferenceOf(input, plan), refuse: undefined, redact: undefined }),
  }
}

/** The aggregates of a plan, compiled. */
export function reductionsOf({ config }: CrunchPlan): readonly Reduction[] {
  return Object.entries(config.reduce).map(([name, one]) => compileReduction(name, one))
}

function inferenceOf(input: InputFile, { config }: CrunchPlan): Steps['inferTime'] {
  const modifiedMs = input === STANDARD_INPUT ? Number.NaN : input.modifiedMs
  const inference = new TimeInference({ fileName: input.name, modifiedMs, zone: config.time_zone })
  return record => inference.complete(record)
}
