import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FerryError } from '../../core/errors.ts'
import type { PullContext } from '../../pull/pull-context.ts'
import { openLanding, type TableReader } from '../../pull/pull-table.ts'
import { brokenRow } from '../../pull/rows/landing.ts'
import type { TablePlan } from '../../pull/table-plan.ts'
import type { CommandContext } from '../command.ts'
import { PacedOutput } from '../write-to.ts'

export interface PreviewOptions {
  readonly head: number | undefined
}

export interface PreviewPlace {
  readonly pulling: PullContext
  readonly context: CommandContext
  readonly readerOf: (plan: TablePlan, takenAt: Date, context: PullContext) => Promise<TableReader>
}

/**
 * `--head N`: the first rows as they come, a line of JSON each, and what their columns were found to be,
 * on stderr. `--dry-run` alone: all are read, and only the columns and the number of rows are told.
 * Nothing is kept.
 */
export async function preview(
  plan: TablePlan,
  { head }: PreviewOptions,
  { pulling, context, readerOf }: PreviewPlace,
): Promise<void> {
  if (plan.config.singer !== undefined) {
    throw new FerryError(
      'UNSUPPORTED',
      `\`${plan.source}\` is a tap: it cannot be looked at in parts`,
      {
        hint: 'run the tap by itself, and look at what it prints',
      },
    )
  }
  const folder = await mkdtemp(join(tmpdir(), 'ferry-pull-'))
  try {
    const reader = await readerOf(plan, new Date(), pulling)
    await using landing = await openLanding(plan, reader.isText, pulling, { folder, most: head })
    await reader.read(landing)
    using output = new PacedOutput(context.stdout, context.signal)
    if (head !== undefined) {
      for await (const lines of landing.lines()) {
        for (const line of lines) await output.write(`${brokenRow(line)?.text ?? line}\n`)
      }
    }
    const columns = landing.schema.columns().map(({ described }) => described)
    const width = Math.max(0, ...columns.map(({ name }) => name.length))
    const told = columns.map(({ name, native }) => `  ${name.padEnd(width)}  ${native}\n`).join('')
    const text = `${plan.name}: ${landing.rows} rows\n${told}`
    if (head === undefined) await output.write(text)
    else context.stderr.write(text)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
