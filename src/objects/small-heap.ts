import { setFlagsFromString } from 'node:v8'

/**
 * For work that goes through very many small things. They are garbage at once; left alone, V8 lets
 * more and more of it pile up before it looks, and the memory seems to grow with their number.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--max-semi-space-size=4')
  setFlagsFromString('--semi-space-growth-factor=1')
}
