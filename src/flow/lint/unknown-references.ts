import { type Finding, finding, type Place } from './finding.ts'
import type { MakeView } from './make-view.ts'
import { placeOfTarget } from './places.ts'

/** Prerequisites and nightly targets that are no file and that nothing makes. */
export function unknownReferences(
  view: MakeView,
  placeOfNightly: (target: string) => Place,
): Finding[] {
  return view.complaints.flatMap(complaint => {
    const found = /No rule to make target '(.*?)'(?:, needed by '(.*)')?\.(?: {2}Stop\.)?$/.exec(
      complaint,
    )
    if (found === null) return []
    const [, name = '', by] = found
    if (by === undefined) {
      const message = `the night is to make \`${name}\`, which no rule makes`
      return [finding('unknown-reference', placeOfNightly(name), message)]
    }
    const message = `\`${by}\` needs \`${name}\`, which is no file and which no rule makes`
    return [finding('unknown-reference', placeOfTarget(view, by), message)]
  })
}
