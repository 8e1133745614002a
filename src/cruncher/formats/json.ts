import { GENERIC } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** Any other object: what its names mean is what they mean to most. It claims every line that is one. */
export const json: MemberFormat = {
  name: 'json',
  title: 'JSON lines',
  sureness: GENERIC,
  multiline: true,
  envelope: 'syslog',
  samples: [
    {
      line: '{"when":"noon","severity":"WARNING","app":"shop","user":{"id":9001,"email":"a@shop.example"},"text":"stock is low"}',
      expected: {
        level: 'warn',
        service: 'shop',
        user_id: '9001',
        'user.email': 'a@shop.example',
        when: 'noon',
        message: 'stock is low',
      },
    },
    { line: '{}', expected: {} },
  ],
}
