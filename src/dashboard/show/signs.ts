import type { NightStateName, TargetState } from '../nights/night.ts'

/** Colours are not for everybody: each state has a sign too. */
export const STATE_SIGNS: Readonly<Record<NightStateName | TargetState, string>> = {
  made: '✓',
  done: '✓',
  failed: '✗',
  running: '▶',
  waiting: '…',
  stopped: '■',
  'not reached': '–',
}
