import type { LoadPlan, LoadStep } from '../databases/loading.ts'

/** The plan as a script for people: each statement under a comment that says why. */
export function* planText(plan: LoadPlan): Generator<string> {
  let isOpen = false
  for (const step of plan.steps) {
    if (step.inTransaction && !isOpen) yield '\nBEGIN;\n'
    if (!step.inTransaction && isOpen) yield '\nCOMMIT;\n'
    isOpen = step.inTransaction
    yield `\n-- ${step.why}${countNote(step)}\n${step.text};\n`
  }
  if (isOpen) yield '\nCOMMIT;\n'
}

function countNote(step: LoadStep): string {
  const note = step.counts === undefined ? '' : ` (counted: ${step.counts})`
  return step.kind === 'stream' ? `${note}; the rows are streamed into it` : note
}
