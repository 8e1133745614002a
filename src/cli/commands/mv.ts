import { defineCommand } from '../command.ts'
import { copyOptions, runCopy } from '../copy-command.ts'

export default defineCommand({
  name: 'mv',
  summary: 'move objects between any two stores',
  description:
    'Copies each object, verified, and then removes the one it came from, if that is still the ' +
    'same. What fails stays where it was.',
  arguments: [
    { name: 'url', description: 'URLs, then the target', required: true, variadic: true },
  ],
  options: copyOptions,
  examples: [
    'ferry mv s3://lake/incoming/a.csv s3://lake/done/',
    'ferry mv -r lake:results/2026-02/ az://archive/results/2026-02/ --storage-class Cool',
  ],
  run: invocation => runCopy(invocation, 'move'),
})
