import { LIKELY } from '../format.ts'
import { patternFormat } from '../pattern.ts'

/** "Flow log records", version 2: the fields that a flow log has unless others are chosen. */
export const awsVpcFlow = patternFormat({
  name: 'aws-vpc-flow',
  title: 'AWS VPC flow log, version 2',
  sureness: LIKELY,
  starts: '2',
  pattern:
    /^2 (?<account>\d{12}|unknown) (?<interface>eni-[0-9a-f]+) (?<client_ip>[0-9a-fA-F.:]+|-) (?<destination_ip>[0-9a-fA-F.:]+|-) (?<client_port>\d+|-) (?<destination_port>\d+|-) (?<protocol>\d+|-) (?<packets>\d+|-) (?<bytes>\d+|-) (?<time>\d{10}) (?<end>\d{10}) (?<event>ACCEPT|REJECT|-) (?<log_status>OK|NODATA|SKIPDATA)$/,
  numbers: 'client_port destination_port protocol packets end',
  samples: [
    {
      line: '2 111122223333 eni-0a1b2c3d4e5f60718 203.0.113.9 10.0.1.5 51514 443 6 12 8400 1709802902 1709802960 ACCEPT OK',
      expected: {
        time: '2024-03-07T09:15:02Z',
        client_ip: '203.0.113.9',
        bytes: 8400,
        event: 'ACCEPT',
        destination_ip: '10.0.1.5',
        client_port: 51514,
        destination_port: 443,
        protocol: 6,
        packets: 12,
      },
    },
    {
      line: '2 111122223333 eni-0a1b2c3d4e5f60718 - - - - - - - 1709802902 1709802960 - NODATA',
      expected: { time: '2024-03-07T09:15:02Z', log_status: 'NODATA' },
    },
  ],
})
