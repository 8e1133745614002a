import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { asLocalIoError, FerryError, systemErrorCode } from '../../core/errors.ts'
import { utf8Text } from '../../core/utf8.ts'
import { findInclude, type FoundInclude, type IncludeFolders } from '../../templates/include.ts'
import { type IncludeCall, scanTemplate } from '../../templates/scan.ts'
import type { Place } from './finding.ts'
import type { ReadTemplate, TemplateFacts } from './template-variables.ts'

/** Reads templates with all that they include. */
export function createTemplateReader(directory: string, roots: readonly string[]): ReadTemplate {
  const folders: IncludeFolders = { directory, roots }
  return async file => {
    const bytes = await readFile(join(directory, file)).catch((error: unknown) => {
      if (systemErrorCode(error) === 'ENOENT') return undefined
      throw asLocalIoError(error, file)
    })
    if (bytes === undefined) return undefined
    return readFacts({ file, text: utf8Text(bytes, file), parents: [], folders })
  }
}

interface Reading {
  readonly file: string
  readonly text: string
  /** Absolute paths of the files that include this one. */
  readonly parents: readonly string[]
  readonly folders: IncludeFolders
}

async function readFacts(reading: Reading): Promise<TemplateFacts> {
  const scan = scanTemplate(reading.file, reading.text)
  const reads: (Place & { name: string })[] = scan.variables.map(one => ({
    ...one,
    file: reading.file,
  }))
  const mayRead = scan.optional.map(one => one.name)
  const sets = scan.assigned.map(one => one.name)
  for (const include of scan.includes) {
    const found = findIncluded(reading, include)
    const inner = await readFacts({
      file: found.file,
      text: utf8Text(await readFile(found.path), found.file),
      parents: [...reading.parents, found.path],
      folders: reading.folders,
    })
    sets.push(...inner.sets)
    mayRead.push(...inner.mayRead)
    for (const read of inner.reads) {
      // What the include passes on is not the caller's to give; what is computed is not known.
      if (include.passes === undefined) mayRead.push(read.name)
      else if (!include.passes.includes(read.name)) reads.push(read)
    }
  }
  return { reads: reads.filter(read => !sets.includes(read.name)), mayRead, sets }
}

function findIncluded(reading: Reading, include: IncludeCall): FoundInclude {
  try {
    return findInclude(include.name, reading.file, reading.folders, reading.parents)
  } catch (error) {
    if (!(error instanceof FerryError)) throw error
    const details = { file: reading.file, line: include.line }
    throw new FerryError(error.code, error.message, { cause: error, hint: error.hint, details })
  }
}
