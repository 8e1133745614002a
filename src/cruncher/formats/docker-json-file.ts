import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** The json-file driver of Docker: each line that a container wrote, with the line feed at its end. */
export const dockerJsonFile: MemberFormat = {
  name: 'docker-json',
  title: 'Docker json-file',
  sureness: SURE,
  has: ['log', 'time'],
  hasNot: ['kubernetes'],
  values: { stream: ['stdout', 'stderr'] },
  kinds: { log: 'text' },
  or: [
    // Docker's fluentd driver, and a log from which all but the lines was taken.
    {
      has: ['log', 'container_id'],
      hasOneOf: [['source', 'container_name']],
      hasNot: ['kubernetes'],
    },
    { kinds: { log: 'text' }, mostMembers: 1 },
  ],
  envelope: true,
  fields: {
    log: 'message',
    time: 'time',
    container_name: 'service',
    'attrs.tag': 'service',
    'attrs.com.docker.compose.service': 'service',
    'attrs.com.docker.swarm.service.name': 'service',
  },
  samples: [
    {
      line: '{"log":"shelf 7 is empty\\n","stream":"stderr","time":"2024-03-05T08:15:30.021345678Z"}',
      expected: {
        time: '2024-03-05T08:15:30.021345Z',
        offset: 0,
        message: 'shelf 7 is empty',
        stream: 'stderr',
      },
    },
    {
      line: '{"log":"{\\"level\\":\\"info\\",\\"ts\\":1709626530.5,\\"msg\\":\\"ready\\"}\\n","stream":"stdout","attrs":{"tag":"shop"},"time":"2024-03-05T08:15:30.9Z"}',
      expected: {
        time: '2024-03-05T08:15:30.5Z',
        level: 'info',
        service: 'shop',
        message: 'ready',
        stream: 'stdout',
      },
    },
  ],
}
