import { SURE } from '../format.ts'
import { addPairs } from '../pairs.ts'
import { patternFormat } from '../pattern.ts'

/** vSphere's services: what began the work stands in brackets, with `Originator@6876` first. */
export const vmware = patternFormat({
  name: 'vmware',
  title: 'VMware vSphere',
  sureness: SURE,
  starts: '0-9',
  multiline: true,
  fields: { origin: 'drop' },
  pattern:
    /^(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (?<level>[a-z]+) (?<service>[\w-]+)\[(?<tid>\w+)\] \[(?<origin>Originator@6876 [^\]]*)\] ?(?<message>.*)$/,
  after: (record, _line, groups) => addPairs(record, groups.text('origin') ?? ''),
  samples: [
    {
      line: '2024-03-07T09:15:02.193Z warning vpxd[45715] [Originator@6876 sub=drmLogger opID=7e1280cf] cluster is full',
      expected: {
        time: '2024-03-07T09:15:02.193Z',
        offset: 0,
        level: 'warn',
        service: 'vpxd',
        tid: '45715',
        sub: 'drmLogger',
        opID: '7e1280cf',
        message: 'cluster is full',
      },
    },
    {
      line: '2024-03-07T09:15:03.000Z info hostd[2099BE0] [Originator@6876 sub=Default] started',
      expected: {
        time: '2024-03-07T09:15:03Z',
        offset: 0,
        level: 'info',
        service: 'hostd',
        sub: 'Default',
        message: 'started',
      },
    },
  ],
})
