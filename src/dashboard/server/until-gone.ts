import type { SSEStreamingApi } from 'hono/streaming'

/** A proxy that hears nothing for a minute hangs up. */
const BEAT_MS = 20_000

/** Keeps a stream open, with a beat now and then, until its reader goes. */
export async function untilGone(stream: SSEStreamingApi): Promise<void> {
  // Who went while the first words were made is told of to those only who listened then.
  if (stream.aborted) return
  const gone = new Promise<void>(resolve => stream.onAbort(resolve))
  const beat = setInterval(() => void stream.write(': \n\n'), BEAT_MS)
  await gone
  clearInterval(beat)
}
