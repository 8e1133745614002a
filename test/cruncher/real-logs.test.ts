/**
 * The formats of logs that nobody here wrote: a folder a format, as who keeps them calls it, below the
 * folder that FERRY_TEST_DATA names. A line is right when its format (of a line within a line, one of
 * the two) is one of those that are the same by another name; unknown ones and wrong ones are counted.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { Account } from '../../src/cruncher/account.ts'
import { crunchConfig } from '../../src/cruncher/config.ts'
import { FileCruncher } from '../../src/cruncher/file-cruncher.ts'
import { asUtf8 } from '../../src/cruncher/input/as-utf8.ts'
import { WholeLines } from '../../src/cruncher/input/whole-lines.ts'
import { prepare } from '../../src/cruncher/prepare.ts'

const LOGS = join(process.env['FERRY_TEST_DATA'] ?? '/nowhere', 'logs')

/** What a label's lines may be found to be; without a row, the label itself. */
const SAME: Readonly<Record<string, string>> = {
  'access-combined': 'access-combined access-extended access-vhost',
  'access-common-or-combined': 'access-common access-combined access-extended',
  adguardhome: 'go-log',
  'apache-error-2.2': 'apache-error',
  'apache-error-2.4': 'apache-error',
  'apereo-cas': 'log4j',
  'aws-cloudtrail-json': 'aws-cloudtrail',
  bind9: 'bind',
  'broken-access': 'access-combined',
  'broken-json': 'json',
  'broken-syslog': 'syslog-rfc3164 syslog-untagged',
  'bunyan-json': 'bunyan json',
  'caddy-json': 'caddy-access caddy-server',
  'cloudflare-json': 'cloudflare',
  cowrie: 'syslog-rfc3164',
  'docker-compose-prefixed-caddy-json': 'docker-compose',
  'docker-json-file': 'docker-json',
  'ecs-json': 'ecs',
  'elasticsearch-audit-json': 'elasticsearch-audit-json elasticsearch-server-json',
  'elasticsearch-audit-plain': 'elasticsearch-audit',
  'elasticsearch-deprecation-plain': 'elasticsearch',
  'elasticsearch-slowlog-plain': 'elasticsearch-slowlog',
  filebrowser: 'go-log',
  'gitlab-rails-json': 'gitlab',
  harbor: 'syslog-rfc3164',
  'iis-httperr-w3c': 'w3c http-sys-error',
  'iis-w3c': 'w3c iis',
  'iis-xml': 'windows-event-xml',
  joplin: 'joplin pm2',
  'json-app': 'json zap',
  'json-mixed-with-text': 'json logfmt',
  'json-wrapped-syslog': 'syslog-rfc3164',
  'jvm-gc-docker': 'jvm-gc-legacy elasticsearch-server-json',
  'kafka-log4j': 'kafka log4j time-level-message',
  keycloak: 'log4j',
  'laravel-monolog': 'monolog',
  litespeed: 'litespeed access-combined',
  logfmt: 'logfmt grafana json',
  'logrus-logfmt': 'logrus-logfmt logrus-json',
  'logstash-log-json': 'logstash-server-json',
  'logstash-log-plain': 'logstash-plain',
  'logstash-slowlog-json': 'logstash-server-json',
  'modsecurity-apache-error': 'apache-error',
  'mysql-slowlog': 'mysql-slow',
  'nextcloud-json': 'nextcloud',
  'nginx-access-and-error': 'access-combined access-vhost nginx-error',
  'nginx-error': 'nginx-error',
  'nginx-mail': 'nginx-error access-combined',
  odoo: 'python-logging',
  'osquery-json': 'osquery',
  'otlp-json': 'otlp',
  'paperless-python': 'python-logging',
  'pino-json': 'pino',
  'postgresql-csvlog': 'postgresql-csv',
  'postgresql-stderr': 'postgresql',
  'postgresql-stderr-rds': 'postgresql',
  'postgresql-syslog': 'syslog-rfc3164',
  'rack-common-logger': 'development-servers',
  'rails-lograge-kv': 'lograge',
  'rails-plain': 'rails',
  'rails-plain-2x': 'rails-2',
  'redis-old': 'redis',
  rsyncd: 'rsync',
  sabnzbd: 'python-logging',
  'serilog-console': 'serilog',
  'spring-boot-logback': 'log4j spring-boot',
  'supabase-postgres': 'postgresql',
  'suricata-eve-json': 'suricata-eve',
  sympa: 'syslog-rfc3164',
  'syslog-rfc3164': 'syslog-rfc3164 syslog-untagged',
  'syslog-rfc3164-kv': 'syslog-untagged syslog-rfc3164',
  'syslog-wrapped-json': 'syslog-iso8601',
  'teleport-json': 'teleport',
  'test-kitchen': 'ruby-logger',
  vaultwarden: 'rust',
  'webmin-syslog': 'webmin',
  'wireguard-syslog': 'syslog-rfc3164',
  'zap-json': 'zap',
  'zeek-tsv': 'zeek',
  'zerolog-json': 'zerolog json',
}

const prepared = prepare({
  config: crunchConfig.parse({}),
  routes: [],
  formats: [],
  stateDirectory: '',
  outputDirectory: undefined,
  outputUrl: undefined,
  hash: '',
})

/** Lines by format; blank ones left out. */
async function formatsOf(path: string): Promise<Map<string, number>> {
  const account = new Account()
  const input = { name: path, path, url: undefined, size: 0, modifiedMs: 0, etag: '' }
  const classifier = prepared.classifier()
  const cruncher = new FileCruncher({
    detector: prepared.detector(),
    account,
    reject: () => {},
    steps: { ...prepared.steps(input, classifier), sinks: [] },
  })
  const lines = new WholeLines(cruncher, 1_000_000)
  const content = readFileSync(path)
  for await (const piece of asUtf8(Readable.from([content]))) lines.push(piece)
  lines.end()
  cruncher.end()
  const { formats, reasons } = account.toJSON()
  const counts = new Map(Object.entries(formats).map(([name, { lines: count }]) => [name, count]))
  counts.set('unknown', (counts.get('unknown') ?? 0) - (reasons.filtered['blank'] ?? 0))
  return counts
}

const labels = existsSync(LOGS)
  ? readdirSync(LOGS).filter(label => !label.startsWith('encoding-'))
  : []

describe.skipIf(labels.length === 0)('formats over data that nobody here made', () => {
  test('formats of real logs: nearly all right, hardly any wrong', async () => {
    const total = { right: 0, wrong: 0, unknown: 0 }
    const wrong: string[] = []
    const rows: string[] = []
    for (const label of labels) {
      const accepted = (SAME[label] ?? label).split(' ')
      const sum = { right: 0, wrong: 0, unknown: 0 }
      for (const file of readdirSync(join(LOGS, label)).filter(name => name.endsWith('.log'))) {
        for (const [format, count] of await formatsOf(join(LOGS, label, file))) {
          const parts = format.split('/')
          const verdict =
            format === 'unknown'
              ? 'unknown'
              : parts.some(part => accepted.includes(part))
                ? 'right'
                : 'wrong'
          sum[verdict] += count
          if (verdict === 'wrong') wrong.push(`${label}: ${format} ${count}`)
        }
      }
      rows.push(`${label}: ${sum.right} right, ${sum.wrong} wrong, ${sum.unknown} unknown`)
      for (const verdict of ['right', 'wrong', 'unknown'] as const) total[verdict] += sum[verdict]
    }
    const lines = total.right + total.wrong + total.unknown
    const percent = (count: number): string => `${((100 * count) / lines).toFixed(2)} %`
    if (process.env['FERRY_SOAK'] === '1') console.log(rows.join('\n'))
    console.log(
      `${lines} lines of ${labels.length} labels: ${percent(total.right)} right, ${percent(total.wrong)} wrong (${wrong.join('; ')}), ${percent(total.unknown)} unknown`,
    )
    expect(total.wrong / lines).toBeLessThan(0.001)
    expect(total.unknown / lines).toBeLessThan(0.005)
  })
})
