import { LIKELY } from '../format.ts'
import { patternFormat } from '../pattern.ts'

/**
 * `docker compose up` and `logs`: the container's name, filled up with at least two spaces. What a
 * terminal was told (colours, clear the line) may stand before it.
 */
export const dockerCompose = patternFormat({
  name: 'docker-compose',
  title: 'Docker Compose',
  sureness: LIKELY,
  starts: '\u001ba-zA-Z0-9',
  envelope: true,
  multiline: true,
  // oxlint-disable-next-line no-control-regex
  pattern:
    /^(?:\u001b\[[\d;]*[A-Za-z])*(?<service>[a-zA-Z0-9][\w.-]*?)(?:[-_](?<replica>\d+))? {2,}\| ?(?:\u001b\[[\d;]*[A-Za-z])*(?: (?=\S))?(?<message>.*)$/,
  numbers: 'replica',
  samples: [
    {
      line: 'shop-api-1   | listening on :8080',
      expected: { service: 'shop-api', replica: 1, message: 'listening on :8080' },
    },
    {
      line: '\u001b[2Kcaddy  | {"level":"info","ts":1709802902}',
      expected: { service: 'caddy', message: '{"level":"info","ts":1709802902}' },
    },
  ],
})
