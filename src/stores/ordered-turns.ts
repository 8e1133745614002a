/** Lets tasks that finish in any order do one thing in the order of their numbers, from 1. */
export interface OrderedTurns {
  /** Waits until all smaller numbers were taken or skipped, then does `work`. */
  take(number: number, signal: AbortSignal, work: () => void): Promise<void>
  skip(number: number): void
}

export function orderedTurns(): OrderedTurns {
  const waiting = new Map<number, () => void>()
  const passed = new Set<number>()
  let next = 1
  const advance = (): void => {
    while (passed.delete(next)) next++
    waiting.get(next)?.()
  }
  const pass = (number: number): void => {
    passed.add(number)
    advance()
  }
  return {
    skip: pass,
    async take(number, signal, work) {
      signal.throwIfAborted()
      if (number !== next) {
        await new Promise<void>((resolve, reject) => {
          const leave = (): void => {
            waiting.delete(number)
            reject(signal.reason as Error)
          }
          signal.addEventListener('abort', leave, { once: true })
          waiting.set(number, () => {
            waiting.delete(number)
            signal.removeEventListener('abort', leave)
            resolve()
          })
        })
      }
      work()
      pass(number)
    },
  }
}
