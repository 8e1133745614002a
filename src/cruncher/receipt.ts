import { createHash } from 'node:crypto'
import { glob } from 'node:fs/promises'
import { basename, join } from 'node:path'
import * as z from 'zod'
import { readIfPresent, writeFileAtomically } from '../core/atomic-write.ts'
import type { FileAccount } from './account.ts'
import type { InputFile } from './input/input-file.ts'

const counts = {
  lines: z.int(),
  bytes: z.int(),
  expanded: z.int(),
  out: z.int(),
  filtered: z.int(),
  merged: z.int(),
  rejected: z.int(),
}
const numbers = z.record(z.string(), z.int())

const fileAccount = z.object({
  ...counts,
  reasons: z.object({ filtered: numbers, rejected: numbers }),
  formats: z.record(z.string(), z.object(counts)),
  sources: z.record(z.string(), numbers),
  lost: z.object({ filtered: numbers, rejected: numbers }),
}) satisfies z.ZodType<FileAccount>

/** The plan of a receipt that counts for nothing. */
const FORGOTTEN = ''

const outputFile = z.object({
  path: z.string(),
  rows: z.int(),
  bytes: z.int(),
  checksum: z.string(),
})

const receipt = z.object({
  version: z.literal(1),
  input: z.object({ name: z.string(), size: z.int(), modifiedMs: z.number(), etag: z.string() }),
  plan: z.string(),
  account: fileAccount,
  unfinishedBytes: z.int(),
  damage: z.string().optional(),
  /** The folder or URL that the outputs are in. */
  outputFolder: z.string().optional(),
  outputs: z.array(outputFile),
  partials: z.record(z.string(), z.string()),
})

/**
 * What was made of one input: written last, when its outputs are in their places, so that who finds it
 * has all of them. A run that was killed before has none, and the input is crunched again.
 */
export type CrunchReceipt = z.output<typeof receipt>

/** A name for what is made of an input: its own, and what tells it from inputs called the same. */
export function nameOfInput(input: Pick<InputFile, 'name'>): string {
  const plain = basename(input.name).replace(/\.(gz|zst|bz2|xz)$/, '')
  const safe = plain
    .replaceAll(/[^\w.-]/g, '_')
    .replace(/^\.+/, '_')
    .slice(0, 100)
  const hash = createHash('sha256').update(input.name).digest('hex').slice(0, 8)
  return `${safe === '' ? 'input' : safe}-${hash}`
}

export const receiptPath = (stateDirectory: string, input: InputFile): string =>
  join(stateDirectory, `${nameOfInput(input)}.json`)

/** The receipt of an input, if it was made of the very file and with the plan, if one is given. */
export async function readReceipt(
  stateDirectory: string,
  input: InputFile,
  plan: string | undefined,
): Promise<CrunchReceipt | undefined> {
  const text = await readIfPresent(receiptPath(stateDirectory, input))
  if (text === undefined) return undefined
  const found = receipt.safeParse(parsed(text))
  if (!found.success || found.data.plan === FORGOTTEN) return undefined
  if (plan !== undefined && found.data.plan !== plan) return undefined
  const { name, size, modifiedMs, etag } = found.data.input
  const isSame = name === input.name && size === input.size && etag === input.etag
  return isSame && modifiedMs === input.modifiedMs ? found.data : undefined
}

/** The receipt of an input of this name, whatever it was made of and with. */
export async function lastReceipt(
  stateDirectory: string,
  input: InputFile,
): Promise<CrunchReceipt | undefined> {
  const text = await readIfPresent(receiptPath(stateDirectory, input))
  return text === undefined ? undefined : receipt.safeParse(parsed(text)).data
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // a file that is no receipt is none
  }
}

/** @throws FerryError LOCAL_IO */
export async function writeReceipt(
  stateDirectory: string,
  input: InputFile,
  made: Omit<CrunchReceipt, 'version' | 'input'>,
): Promise<CrunchReceipt> {
  const { name, size, modifiedMs, etag } = input
  const whole: CrunchReceipt = { version: 1, input: { name, size, modifiedMs, etag }, ...made }
  await writeFileAtomically(receiptPath(stateDirectory, input), `${JSON.stringify(whole)}\n`)
  return whole
}

/** All receipts of a state's folder. */
async function allReceipts(stateDirectory: string): Promise<readonly CrunchReceipt[]> {
  const receipts: CrunchReceipt[] = []
  for await (const path of glob(join(stateDirectory, '*.json'))) {
    const found = receipt.safeParse(parsed((await readIfPresent(path)) ?? ''))
    if (found.success) receipts.push(found.data)
  }
  return receipts.sort((a, b) => (a.input.name < b.input.name ? -1 : 1))
}

/** The names of all inputs that were crunched. */
export const namesOfReceipts = async (stateDirectory: string): Promise<readonly string[]> =>
  (await allReceipts(stateDirectory)).map(({ input }) => input.name)

/** The names of inputs of which lines were rejected. */
export const inputsWithRejects = async (stateDirectory: string): Promise<readonly string[]> =>
  (await allReceipts(stateDirectory))
    .filter(({ account }) => account.rejected > 0)
    .map(({ input }) => input.name)

/** So that the inputs are crunched again; what was made of them stays known until it is replaced. */
export async function forgetReceipts(
  stateDirectory: string,
  names: readonly string[],
): Promise<void> {
  for (const one of await allReceipts(stateDirectory)) {
    if (!names.includes(one.input.name)) continue
    const path = join(stateDirectory, `${nameOfInput(one.input)}.json`)
    await writeFileAtomically(path, `${JSON.stringify({ ...one, plan: FORGOTTEN })}\n`)
  }
}
