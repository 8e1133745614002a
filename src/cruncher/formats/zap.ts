import { SURE } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'

/** zap's production encoder: `ts` in seconds (or ISO 8601), with the caller. */
export const zap: MemberFormat = {
  name: 'zap',
  title: 'zap (Go)',
  sureness: SURE,
  has: ['level', 'ts', 'msg'],
  kinds: { level: 'text' },
  multiline: true,
  fields: { logger: 'logger', caller: 'attribute' },
  samples: [
    {
      line: '{"level":"dpanic","ts":1709626530.0215,"logger":"store.writer","caller":"store/writer.go:88","msg":"segment lost","segment":12}',
      expected: {
        time: '2024-03-05T08:15:30.0215Z',
        level: 'fatal',
        logger: 'store.writer',
        caller: 'store/writer.go:88',
        message: 'segment lost',
        segment: 12,
      },
    },
    {
      line: '{"level":"INFO","ts":"2024-03-05T08:15:30.021+0100","caller":"main.go:9","msg":"ready"}',
      expected: {
        time: '2024-03-05T07:15:30.021Z',
        offset: 60,
        level: 'info',
        caller: 'main.go:9',
        message: 'ready',
      },
    },
  ],
}
