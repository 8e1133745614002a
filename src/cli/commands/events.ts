import { FerryError } from '../../core/errors.ts'
import { defineCommand, flag, integer, text } from '../command.ts'
import { replayCommand } from '../replay-events.ts'
import { verifyCommand } from '../verify-events.ts'

export default defineCommand({
  name: 'events',
  summary: 'verify a day of collected events, or send again what was refused',
  description:
    '`verify URL` reads what the collector delivered (CSV with \\001, JSON lines, Parquet), tells ' +
    'duplicates, gaps, late and out-of-order events by session, and with --output writes each event ' +
    'once, in the order of session and nr. The URL may have the places of `collect.target`. Lines ' +
    'that are no events are told, and end it with 65.\n\n' +
    '`replay` sends the dead letters of the spool again; what is accepted leaves them, what is ' +
    'refused again stays with its new reason.',
  arguments: [
    { name: 'action', description: 'verify or replay', required: true },
    { name: 'url', description: 'of verify: a folder of delivered events, or one file' },
  ],
  options: {
    date: text('DATE', 'of the places in the URL, or else of the names (TODAY, or today)'),
    output: text('URL', 'write the events here, each once and in order'),
    format: text('FORMAT', "of the output; default: by the output's name", {
      choices: ['csv', 'jsonl', 'parquet'],
    }),
    compression: text('WAY', "of the output; default: by the output's name", {
      choices: ['gzip', 'zstd', 'none'],
    }),
    report: text('URL', 'write the report here, in JSON'),
    counts: text(
      'NAME',
      'write the counts for `ferry check`: results/DATE/counts/collect/NAME.json',
    ),
    json: flag('print the report as JSON, with the gaps of all sessions'),
    late: text('DURATION', 'an event that is received so long after its time is late (1h)'),
    'max-rejected': integer('N', 'lines that may be no events (0); with more there is no output'),
    temporary: text('FOLDER', "for what does not fit into memory (the system's)"),
    to: text('URL', 'of replay: the collector (that of ferry.yaml)'),
  },
  examples: [
    'ferry events verify lake:events/{date}/ --date 2026-03-01',
    'ferry events verify lake:events/{date}/ --output lake:days/2026-03-01.parquet --report report.json',
    'ferry events replay --to http://127.0.0.1:8080',
  ],
  async run({ args, options, context }) {
    const [action, url, ...rest] = args
    if (action === 'verify' && url !== undefined && rest.length === 0) {
      return verifyCommand(url, options, context)
    }
    if (action === 'replay' && url === undefined) return replayCommand(options, context)
    throw new FerryError('USAGE', 'say `ferry events verify URL` or `ferry events replay`')
  },
})
