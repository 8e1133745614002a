import { joinLines } from '../make-database.ts'

/**
 * The commands that `make -n --trace` prints before its database, by target, as the shell would
 * get them: variables expanded, continued lines joined.
 */
export function parseCommands(output: string): Map<string, readonly string[]> {
  const end = output.indexOf('\n# Make data base, printed on ')
  const byTarget = new Map<string, string[]>()
  let lines: string[] | undefined
  for (const line of output.slice(0, end === -1 ? undefined : end).split('\n')) {
    const name = /^[^\n]*?:\d+: (?:update )?target '(.*)' (?:due to: |does not exist$)/.exec(line)
    if (name?.[1] !== undefined) {
      lines = byTarget.get(name[1]) ?? []
      byTarget.set(name[1], lines)
    } else if (!/^make(\[\d+\])?: /.test(line)) lines?.push(line)
  }
  return new Map([...byTarget].map(([name, physical]) => [name, joinLines(physical)]))
}
