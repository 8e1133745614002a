import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** Audit of HashiCorp's Vault and OpenBao: each request, and its response. */
export const vaultAudit: MemberFormat = {
  name: 'vault-audit',
  title: 'HashiCorp Vault audit',
  sureness: SURE,
  has: ['time'],
  kinds: { request: 'object' },
  values: { type: ['request', 'response'] },
  fields: {
    type: 'event',
    'auth.display_name': 'user_id',
    'auth.entity_id': 'user_id',
    'request.id': 'request_id',
    'request.operation': 'method',
    'request.path': 'path',
    'request.remote_address': 'client_ip',
    error: 'message',
  },
  samples: [
    {
      line: '{"time":"2024-03-05T08:15:30.021345678Z","type":"response","auth":{"client_token":"hmac-sha256:17","display_name":"ldap-ann","policies":["default"],"entity_id":"e17"},"request":{"id":"r-17","operation":"read","mount_type":"kv","path":"secret/data/shop","remote_address":"203.0.113.4","remote_port":51234},"response":{"mount_type":"kv"},"error":"permission denied"}',
      expected: {
        time: '2024-03-05T08:15:30.021345Z',
        offset: 0,
        event: 'response',
        user_id: 'ldap-ann',
        request_id: 'r-17',
        method: 'read',
        path: 'secret/data/shop',
        client_ip: '203.0.113.4',
        message: 'permission denied',
        'request.mount_type': 'kv',
      },
    },
  ],
}

/** go-hclog, the logger of Consul, Nomad, Terraform and Vault. */
export const hclog: MemberFormat = {
  name: 'hclog-json',
  title: 'go-hclog (Consul, Nomad, Vault), as JSON',
  sureness: SURE,
  has: ['@level', '@message', '@timestamp'],
  multiline: true,
  fields: { '@level': 'level', '@message': 'message', '@module': 'logger', '@caller': 'attribute' },
  samples: [
    {
      line: '{"@level":"warn","@message":"no leader","@module":"agent.server.raft","@timestamp":"2024-03-05T08:15:30.021345Z","peers":3}',
      expected: {
        time: '2024-03-05T08:15:30.021345Z',
        offset: 0,
        level: 'warn',
        logger: 'agent.server.raft',
        message: 'no leader',
        peers: 3,
      },
    },
  ],
}
