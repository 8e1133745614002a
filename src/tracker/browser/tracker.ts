/** `ferry/tracker` in a browser. */
import type { Problem, Tracker, TrackerOptions } from '../api.ts'
import { EventTracker } from '../tracker.ts'
import { BrowserQueue } from './queue.ts'
import { describeBrowser } from './user-agent.ts'

export type * from '../api.ts'

/** Opens the queue and starts to send what earlier pages left there. */
export function createTracker(options: TrackerOptions): Tracker {
  const { productVersion, env = 'PRODUCTION', maxWaiting = 10_000, deviceId } = options
  const name = `ferry-tracker-${options.name ?? 'events'}`
  const tell = (problem: Problem): void => queueMicrotask(() => options.onProblem?.(problem))
  const tracker = new EventTracker(options, {
    queue: new BrowserQueue({
      name,
      maxWaiting,
      deviceId,
      onMemory: reason => tell({ kind: 'not_persistent', reason }),
    }),
    about: { ...describeBrowser(), productVersion, env },
    // With this type a page of another site needs not ask before, which its end has no time for.
    contentType: 'text/plain',
    // On pages without TLS or storage there are no locks: tabs may send the same event, with the
    // same number.
    exclusive: work => navigator.locks?.request(name, work).catch(work) ?? work(),
    release: () => {},
    beacon: (url, body) => navigator.sendBeacon(url, body),
  })
  listen(tracker)
  return tracker
}

function listen(tracker: EventTracker): void {
  let isEnding = false
  addEventListener('online', () => tracker.sendNow())
  addEventListener('pagehide', () => {
    isEnding = true
    tracker.endPage()
  })
  addEventListener('pageshow', () => {
    isEnding = false
  })
  // A phone's browser may end a page that is not seen without another word.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden' && !isEnding) tracker.sendNow()
  })
}
