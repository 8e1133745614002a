import type { ErrorRecord } from '../core/errors.ts'
import type { InputFile } from './input/input-file.ts'
import type { CrunchPlan } from './plan.ts'
import type { CrunchReceipt } from './receipt.ts'

/** What a thread starts with. */
export interface WorkerStart {
  readonly plan: CrunchPlan
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** To a thread. */
export type WorkerTask = { readonly kind: 'crunch'; readonly input: InputFile }

/** From a thread; each task is answered with one of the first two. */
export type WorkerAnswer =
  | { readonly kind: 'done'; readonly receipt: CrunchReceipt }
  | { readonly kind: 'failed'; readonly error: ErrorRecord }
  | { readonly kind: 'said'; readonly level: 'info' | 'warn'; readonly message: string }
