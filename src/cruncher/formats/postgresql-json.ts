import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** `log_destination = jsonlog` of PostgreSQL 15 and later. What connects calls itself `application_name`. */
export const postgresqlJson: MemberFormat = {
  name: 'postgresql-json',
  title: 'PostgreSQL jsonlog',
  sureness: SURE,
  has: ['timestamp', 'pid', 'error_severity', 'backend_type'],
  fields: {
    error_severity: 'level',
    user: 'user_id',
    remote_host: 'client_ip',
    session_id: 'session',
    application_name: 'attribute',
    backend_type: 'logger',
  },
  absent: ['[local]'],
  samples: [
    {
      line: '{"timestamp":"2024-03-05 08:15:30.021 UTC","user":"shop","dbname":"shop","pid":18,"remote_host":"203.0.113.4","remote_port":51234,"session_id":"65e6.12","line_num":3,"ps":"SELECT","session_start":"2024-03-05 08:00:00 UTC","vxid":"3/17","txid":0,"error_severity":"ERROR","state_code":"42P01","message":"relation \\"cart\\" does not exist","statement":"select 1 from cart","application_name":"psql","backend_type":"client backend","query_id":0}',
      expected: {
        time: '2024-03-05T08:15:30.021Z',
        offset: 0,
        level: 'error',
        user_id: 'shop',
        client_ip: '203.0.113.4',
        session: '65e6.12',
        logger: 'client backend',
        message: 'relation "cart" does not exist',
        application_name: 'psql',
        state_code: '42P01',
      },
    },
  ],
}
