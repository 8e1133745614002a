// A Singer tap for tests: `node tap.mjs --config FILE [--state FILE]`. Two streams; the state is how many
// records of each were sent. The configuration says what goes wrong.
import { readFileSync, writeSync } from 'node:fs'

const option = name => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? undefined : JSON.parse(readFileSync(process.argv[at + 1], 'utf8'))
}

const { users = 3, dieAfter = Infinity, exit = 9, signal, extra = [], longName = 0 } =
  option('config') ?? {}
const state = option('state') ?? { users: 0 }
process.stderr.write(`tap: begins at ${state.users}\n`)

const say = message => {
  const text = `${typeof message === 'string' ? message : JSON.stringify(message)}\n`
  let bytes = Buffer.from(text)
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(writeSync(1, bytes))
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error
    }
  }
}

say({
  type: 'SCHEMA',
  stream: 'users',
  key_properties: ['id'],
  schema: {
    type: 'object',
    properties: {
      id: { type: 'integer' },
      name: { type: ['null', 'string'] },
      balance: { type: ['null', 'number'], multipleOf: 0.01 },
      created: { type: ['null', 'string'], format: 'date-time' },
      born: { anyOf: [{ type: 'string', format: 'date' }, { type: 'null' }] },
      address: { type: ['null', 'object'], properties: { city: { type: 'string' } } },
      never: { type: ['null', 'boolean'] },
    },
  },
})
say({
  type: 'SCHEMA',
  stream: 'log-entries',
  key_properties: [],
  schema: { properties: { text: { type: 'string' } } },
})
for (const message of extra) say(message)
for (let id = state.users + 1; id <= users; id++) {
  if (id > dieAfter) {
    if (signal !== undefined) process.kill(process.pid, signal)
    process.exit(exit)
  }
  say(
    `{"type":"RECORD","stream":"users","record":{"id":${id},"name":${JSON.stringify('n'.repeat(longName) || `user ${id}`)},` +
      `"balance":12345678901234567.${id % 10}1,"created":"2026-03-01T10:00:0${id % 10}+01:00","born":"1990-01-0${1 + (id % 9)}",` +
      `"address":{"city":"Zürich","zip":${id}}}}`,
  )
  say({ type: 'RECORD', stream: 'log-entries', record: { text: `saw ${id}` } })
  say({ type: 'STATE', value: { users: id } })
}
