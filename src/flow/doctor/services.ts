import { FerryError } from '../../core/errors.ts'
import { maskUrl } from '../../core/mask-url.ts'
import { type Diagnosis, diagnose } from './diagnosis.ts'

const TIMEOUT_MS = 5_000

export interface Service {
  /** `warehouse hot`, `source production`. */
  readonly name: string
  readonly url: string
  /** Opens and closes one connection. */
  readonly connect: (signal: AbortSignal) => Promise<void>
}

/** Knocks at every warehouse and source, all at once, five seconds each. */
export async function diagnoseServices(
  services: readonly Service[],
  signal: AbortSignal,
): Promise<Diagnosis[]> {
  return Promise.all(services.map(one => knock(one, signal)))
}

async function knock({ name, url, connect }: Service, signal: AbortSignal): Promise<Diagnosis> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS)
  const late = new Promise<never>((_, reject) => {
    timeout.addEventListener('abort', () => {
      reject(new FerryError('SERVICE_UNAVAILABLE', `no answer in ${TIMEOUT_MS / 1_000} s`))
    })
  })
  try {
    await Promise.race([connect(AbortSignal.any([timeout, signal])), late])
    return diagnose('service', name, maskUrl(url))
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof FerryError)) throw error
    const message = error.message.split('\n')[0] ?? ''
    const remedy = error.hint ?? 'is it running, and is the URL in ferry.yaml right?'
    const kind = error.exitCode === 78 ? 'project' : 'service'
    return diagnose(kind, name, `${maskUrl(url)}: ${message}`, { remedy })
  }
}
