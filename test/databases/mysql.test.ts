import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dialectOf } from '../../src/databases/open-database.ts'
import { readAll } from '../../src/databases/read-all.ts'
import { startMariadb } from '../../servers/mariadb.ts'
import { dialectContract, exportText, failureOf, standardSpelling } from './dialect.contract.ts'

let server: Awaited<ReturnType<typeof startMariadb>>
beforeAll(async () => {
  server = await startMariadb()
}, 60_000)
afterAll(async () => server.stop())

/** What is in the home of who runs the tests is no part of them. */
const NOBODY = { HOME: '/nonexistent' }

const open = async (url = server.url, environment = {}, signal = new AbortController().signal) =>
  (await dialectOf(url)).open({
    url,
    projectDirectory: '.',
    environment: { ...NOBODY, ...environment },
    signal,
  })

const TOO_MUCH = '18446744073709551615'

dialectContract('mysql', async () => ({
  dialect: await dialectOf(server.url),
  spelling: {
    ...standardSpelling,
    text: 'char',
    integer: 'signed',
    real: 'float',
    double: 'double',
    json: undefined, // MariaDB's JSON is text that was checked
    hasNaN: false,
    hasBooleans: false,
    failsByValue: `SELECT ${TOO_MUCH} + 1`,
    series: (first, last) => `SELECT seq AS i FROM seq_${first}_to_${last}`,
    failsLate: `SELECT IF(seq = 900000, ${TOO_MUCH} + seq, seq) FROM seq_1_to_1000000`,
  },
  endlessQuery: 'SELECT BENCHMARK(1000000000000, MD5(1))',
  showStatement: 'SHOW VARIABLES',
  open: signal => open(server.url, {}, signal),
}))
