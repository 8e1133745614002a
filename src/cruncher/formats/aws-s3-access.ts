import { CLF_TIME } from '../expression.ts'
import { SURE } from '../format.ts'
import { patternFormat } from '../pattern.ts'

/** "Amazon S3 server access log format"; a reader must put up with what is added at its end. */
export const awsS3Access = patternFormat({
  name: 'aws-s3-access',
  title: 'Amazon S3 server access log',
  sureness: SURE,
  starts: '0-9a-f-',
  pattern: new RegExp(
    String.raw`^(?<bucket_owner>[0-9a-f]{64}|-) (?<bucket>[a-z0-9.-]+) \[(?<time>${CLF_TIME})\] (?<client_ip>[0-9a-fA-F.:]+|-) (?<user_id>\S+) (?<request_id>[0-9A-Z]+) (?<event>[A-Z0-9]+\.[A-Z0-9._-]+) (?<key>\S+) (?:"(?<request>[^"]*)"|-) (?<status>\d+|-) (?<error_code>\S+) (?<bytes>\d+|-) (?<object_bytes>\d+|-) (?<duration_ms>\d+|-) (?<turn_around_ms>\d+|-) (?:"(?<referrer>[^"]*)"|-) (?:"(?<user_agent>[^"]*)"|-) (?<version_id>\S+)(?: (?<host_id>\S+) (?<signature>\S+) (?<cipher>\S+) (?<authentication>\S+) (?<http_host>\S+))?(?<rest> .*)?$`,
  ),
  numbers: 'object_bytes turn_around_ms',
  samples: [
    {
      line: '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be lake.example [07/Mar/2024:09:15:02 +0000] 192.0.2.3 arn:aws:iam::111122223333:user/etl 3E57427F3EXAMPLE REST.GET.OBJECT clean/2024-03-06/part-1.parquet "GET /lake.example/clean/2024-03-06/part-1.parquet HTTP/1.1" 206 - 2662992 3462992 70 10 "-" "aws-sdk/2.1" - s9lzHYrFp76ZVxRcpX9 SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader lake.s3.eu-west-1.amazonaws.com TLSv1.2 - -',
      expected: {
        time: '2024-03-07T09:15:02Z',
        offset: 0,
        client_ip: '192.0.2.3',
        user_id: 'arn:aws:iam::111122223333:user/etl',
        request_id: '3E57427F3EXAMPLE',
        event: 'REST.GET.OBJECT',
        method: 'GET',
        path: '/lake.example/clean/2024-03-06/part-1.parquet',
        http_host: 'lake.s3.eu-west-1.amazonaws.com',
        status: 206,
        bytes: 2662992,
        duration_ms: 70,
        turn_around_ms: 10,
        user_agent: 'aws-sdk/2.1',
        bucket: 'lake.example',
        key: 'clean/2024-03-06/part-1.parquet',
        object_bytes: 3462992,
      },
    },
    {
      line: '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be lake.example [07/Mar/2024:09:15:09 +0000] - - 3E57427F3EXAMPLE S3.EXPIRE.OBJECT logs/old.gz - - - - 3462992 - - - - -',
      expected: {
        time: '2024-03-07T09:15:09Z',
        offset: 0,
        request_id: '3E57427F3EXAMPLE',
        event: 'S3.EXPIRE.OBJECT',
        key: 'logs/old.gz',
      },
    },
  ],
})
