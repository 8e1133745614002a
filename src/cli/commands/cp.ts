import { defineCommand } from '../command.ts'
import { copyOptions, runCopy } from '../copy-command.ts'

export default defineCommand({
  name: 'cp',
  summary: 'copy objects between any two stores',
  description:
    'Copies objects, each whole or not at all, and verified: within a service by the service ' +
    'itself, between clouds through this machine. URL is a folder when it ends in / or when there ' +
    'may be several objects; otherwise it is the new name.',
  arguments: [
    { name: 'url', description: 'URLs, then the target', required: true, variadic: true },
  ],
  options: copyOptions,
  examples: [
    'ferry cp s3://lake/report.csv s3://lake/archive/2026-03-01.csv',
    'ferry cp -r s3://lake/results/ az://lake/results/',
    "ferry cp 'lake:logs/2026-03-*/*.gz' backup:logs/ --dry-run",
  ],
  run: invocation => runCopy(invocation, 'copy'),
})
