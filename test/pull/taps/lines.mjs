// A Singer tap that prints what its configuration holds: `runs[N]` are the lines of the run that begins with
// the state `{"run": N}`; the first has none.
import { readFileSync } from 'node:fs'

const option = name => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? undefined : JSON.parse(readFileSync(process.argv[at + 1], 'utf8'))
}
const { runs } = option('config')
for (const line of runs[option('state')?.run ?? 0]) {
  console.log(typeof line === 'string' ? line : JSON.stringify(line))
}
