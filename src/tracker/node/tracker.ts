/** `ferry/tracker` in Node. */
import { arch, release, type } from 'node:os'
import type { Problem, Tracker, TrackerOptions } from '../api.ts'
import { MemoryQueue } from '../memory-queue.ts'
import type { Queue } from '../queue.ts'
import { EventTracker } from '../tracker.ts'
import { FileQueue } from './queue.ts'

export type * from '../api.ts'

/** Opens the queue, at once, and starts to send what an earlier process left there. */
export function createTracker(options: TrackerOptions): Tracker {
  const { productVersion, env = 'PRODUCTION' } = options
  return new EventTracker(options, {
    queue: openQueue(options),
    about: {
      system: type(),
      systemVersion: release(),
      deviceModel: arch(),
      productVersion,
      env,
    },
    contentType: 'application/json',
    exclusive: work => work(),
    release: timer => Object(timer).unref(),
    beacon: undefined,
  })
}

function openQueue(options: TrackerOptions): Queue {
  const { directory = '.ferry-tracker', maxWaiting = 10_000, deviceId } = options
  const tell = (problem: Problem): void => queueMicrotask(() => options.onProblem?.(problem))
  try {
    return new FileQueue({ directory, maxWaiting, deviceId, tell })
  } catch (error) {
    tell({ kind: 'not_persistent', reason: String(error) })
    return new MemoryQueue(maxWaiting, deviceId)
  }
}
