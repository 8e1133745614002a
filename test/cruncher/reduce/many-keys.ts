/**
 * Reduces records of which each has a user of its own, and says what it took, as JSON:
 *
 *     node many-keys.ts FOLDER RECORDS MAX_BYTES CONFIG
 */
import { join } from 'node:path'
import { reductionConfig } from '../../../src/cruncher/reduce/config.ts'
import { mergePartials } from '../../../src/cruncher/reduce/merge-partials.ts'
import { Reducer } from '../../../src/cruncher/reduce/reducer.ts'
import { compileReduction } from '../../../src/cruncher/reduce/reduction.ts'
import { LogRecord, STATUS, USER_ID } from '../../../src/cruncher/record.ts'

const ROUTES = 30
const PREFIX = 'user-'
const DIGITS = 9
/** Has no factor in common with a power of ten, so it visits every number once, here and there. */
const STEP = 387_420_489

const [directory = '', count = '0', maxBytes = '0', config = '{}'] = process.argv.slice(2)
const records = Number(count)
const reduction = compileReduction('many', reductionConfig.parse(JSON.parse(config)))
using reducer = new Reducer(reduction, {
  directory,
  maxBytes: Number(maxBytes),
  routeName: route => `route.${route}`,
})

const record = new LogRecord()
const line = Buffer.from(`${PREFIX}${'0'.repeat(DIGITS)}`)
const cpu = (): number => process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6
const began = cpu()
for (let i = 0, user = 0; i < records; i++, user = (user + STEP) % 10 ** DIGITS) {
  record.reset(line)
  for (let at = line.length - 1, rest = user; at >= PREFIX.length; at--) {
    line[at] = 48 + (rest % 10)
    rest = Math.floor(rest / 10)
  }
  record.setSlice(USER_ID, 0, line.length)
  record.numbers[STATUS] = i % 7 === 0 ? 500 : 200
  record.route = i % ROUTES
  reducer.add(record)
}
const added = cpu()
const partial = join(directory, 'many.partial')
const totals = await reducer.writePartial(partial)
const written = cpu()
let rows = 0
let counted = 0
const [first] = reduction.columns
  .map(({ cell }) => cell.of)
  .entries()
  .filter(([, of]) => of === 'count')
for await (const row of mergePartials(reduction, [partial], { directory })) {
  rows++
  counted += Number(row[first?.[0] ?? 0])
}
console.log(
  JSON.stringify({
    ...totals,
    rows,
    counted,
    peakMB: Math.round(process.resourceUsage().maxRSS / 1_000),
    addNs: Math.round(((added - began) / records) * 1e9),
    writeNs: Math.round(((written - added) / records) * 1e9),
    readNs: Math.round(((cpu() - written) / records) * 1e9),
  }),
)
