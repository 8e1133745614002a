import { Detector } from './detector.ts'
import type { Steps } from './file-cruncher.ts'
import { type InputFile, STANDARD_INPUT } from './input/input-file.ts'
import { ACCESS_FORMATS, JSON_FORMATS, PAIR_FORMATS } from './member-registry.ts'
import { JsonMembers } from './members/json-members.ts'
import { MemberLines } from './members/member-lines.ts'
import { PairMembers } from './members/pair-members.ts'
import type { CrunchPlan } from './plan.ts'
import { FORMATS } from './registry.ts'
import { TimeInference } from './time/time-inference.ts'

/** A plan, compiled: what a thread keeps from one input to the next. */
export interface Prepared {
  /** A detector for one input: it learns from its lines. */
  detector(): Detector
  /** The steps before the sinks, for one input. */
  steps(input: InputFile): Omit<Steps, 'sinks'>
}

/** @throws FerryError CONFIG_INVALID */
export function prepare(plan: CrunchPlan): Prepared {
  const names = new Map(Object.entries(plan.config.fields))
  const json = new MemberLines({ members: () => new JsonMembers(), formats: JSON_FORMATS, names })
  const pairs = new MemberLines({ members: () => new PairMembers(), formats: PAIR_FORMATS, names })
  const formats = [...ACCESS_FORMATS, ...FORMATS]
  return {
    detector: () => new Detector({ formats, json, pairs }),
    steps: input => ({
      inferTime: inferenceOf(input, plan),
      classify: undefined,
      refuse: undefined,
      redact: undefined,
    }),
  }
}

function inferenceOf(input: InputFile, { config }: CrunchPlan): Steps['inferTime'] {
  const modifiedMs = input === STANDARD_INPUT ? Number.NaN : input.modifiedMs
  const inference = new TimeInference({ fileName: input.name, modifiedMs, zone: config.time_zone })
  return record => inference.complete(record)
}
