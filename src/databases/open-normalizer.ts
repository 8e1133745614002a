import type { NormalizedFiles, PlainFiles } from './duckdb/normalize-files.ts'

export type { NormalizedFiles, PlainFiles } from './duckdb/normalize-files.ts'

/** Makes one CSV in Ferry's own form of files that anybody may have written (duckdb/normalize-files.ts). */
export async function normalizeFiles(
  files: PlainFiles,
  to: { readonly output: string; readonly folder: string },
): Promise<NormalizedFiles> {
  const duckdb = await import('./duckdb/normalize-files.ts')
  return duckdb.normalizeFiles(files, to)
}
