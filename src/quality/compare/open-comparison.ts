import { FerryError } from '../../core/errors.ts'
import type { OpenTarget, Relation, Session } from '../../databases/dialect.ts'
import type { Engine } from '../../databases/engine.ts'
import type { ChecksumKind, FingerprintWriter } from '../../databases/fingerprint.ts'
import { engineOf } from '../../databases/open-database.ts'
import { readTexts } from '../../databases/read-texts.ts'
import {
  type Choice,
  type ColumnPair,
  type FoundColumn,
  type LeftOut,
  matchColumns,
} from './match-columns.ts'
import type { TwoTables } from './table-side.ts'

/** Where a table is. */
export interface TablePlace {
  /** As messages call it: `production.tasks`. */
  readonly title: string
  readonly target: OpenTarget
  readonly relation: Relation
  readonly where: readonly string[]
}

export interface ComparisonRequest {
  readonly source: TablePlace
  readonly target: TablePlace
  /** Asks for the checksum that all engines share. */
  readonly common: boolean
  /** Without a key, that of the source's table, else of the target's. */
  readonly choice: Omit<Choice, 'key'> & { readonly key: readonly string[] | undefined }
}

/** Two tables, each in a session that sees one moment. */
export interface OpenComparison extends AsyncDisposable {
  readonly tables: TwoTables
  readonly key: readonly string[]
  readonly columns: readonly ColumnPair[]
  readonly leftOut: readonly LeftOut[]
}

export interface OpenTable extends TablePlace {
  readonly session: Session
  readonly writer: FingerprintWriter
  readonly identifier: (name: string) => string
  readonly columns: readonly FoundColumn[]
  readonly key: readonly string[]
  /** What the engine's own checksum makes of a sample; undefined when it has none here. */
  readonly probe: string | undefined
}

/**
 * Opens both tables and finds out by what they can be compared.
 * @throws FerryError INPUT_MISSING (no such table), UNSUPPORTED, and as opening a session does
 */
export async function openComparison(request: ComparisonRequest): Promise<OpenComparison> {
  const opened = await Promise.allSettled([openTable(request.source), openTable(request.target)])
  const close = async (): Promise<void> => {
    for (const one of opened) if (one.status === 'fulfilled') await one.value.session.close()
  }
  try {
    for (const one of opened) if (one.status === 'rejected') throw one.reason
    const [source, target] = opened.flatMap(one => (one.status === 'fulfilled' ? [one.value] : []))
    if (source === undefined || target === undefined) throw new FerryError('BUG', 'no two tables')
    return { ...bringTogether(source, target, request), [Symbol.asyncDispose]: close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Opens one table in a session that sees one moment; whoever asked closes it. */
export async function openTable(place: TablePlace): Promise<OpenTable> {
  const engine = await engineOf(place.target.url)
  const writer = fingerprintOf(engine)
  const session = await engine.open(place.target)
  try {
    const probe = await ownChecksumOfSample(session, writer)
    for (const statement of writer.beginReading) await session.execute(statement)
    const columns = await foundColumns(session, engine, place)
    const key = await firstColumn(session, writer.keyColumns(place.relation))
    return { ...place, session, writer, identifier: engine.sql.identifier, columns, key, probe }
  } catch (error) {
    await session.close()
    throw error
  }
}

/** @throws FerryError UNSUPPORTED */
export function fingerprintOf(engine: Engine): FingerprintWriter {
  if (engine.fingerprint !== undefined) return engine.fingerprint
  throw new FerryError('UNSUPPORTED', `tables of ${engine.name} cannot be compared`)
}

async function foundColumns(
  session: Session,
  engine: Engine,
  { relation, title }: TablePlace,
): Promise<readonly FoundColumn[]> {
  const columns = await engine.introspect.columns(session, relation)
  if (columns === undefined) {
    throw new FerryError('INPUT_MISSING', `there is no table \`${title}\``, {
      hint: 'check its name, and its schema: SCHEMA.TABLE',
    })
  }
  return columns.map(({ name, type }) => ({
    name,
    native: type,
    type: engine.types.read(type),
  }))
}

/** Before the transaction: a server that does not know the function fails what it is asked in. */
async function ownChecksumOfSample(
  session: Session,
  writer: FingerprintWriter,
): Promise<string | undefined> {
  if (writer.ownProbe === undefined) return undefined
  try {
    return (await firstColumn(session, writer.ownProbe))[0]
  } catch (error) {
    if (error instanceof FerryError && error.code === 'SQL_INVALID') return undefined
    throw error
  }
}

async function firstColumn(session: Session, statement: string): Promise<readonly string[]> {
  const texts: string[] = []
  for await (const rows of readTexts(session, statement)) {
    for (const [text] of rows) if (typeof text === 'string') texts.push(text)
  }
  return texts
}

function bringTogether(
  source: OpenTable,
  target: OpenTable,
  { choice, common }: ComparisonRequest,
): Omit<OpenComparison, typeof Symbol.asyncDispose> {
  const key = choice.key ?? keyOf(source, target)
  const { pairs, leftOut, key: keyPairs } = matchColumns(source, target, { ...choice, key })
  const side = (which: 'source' | 'target') => {
    const { title, session, writer, identifier, relation, where } = { source, target }[which]
    const columns = pairs.map(pair => pair[which])
    const keys = keyPairs.map(pair => pair[which])
    return { title, session, writer, identifier, relation, where, columns, key: keys }
  }
  const kind = common ? 'common' : checksumKind(source, target, pairs)
  return {
    tables: { source: side('source'), target: side('target'), kind },
    key,
    columns: pairs,
    leftOut,
  }
}

/** A key that only the target declares is one of the source's, if the source has such columns. */
function keyOf(source: OpenTable, target: OpenTable): readonly string[] {
  if (source.key.length > 0) return source.key
  const names = target.key.map(
    name => source.columns.find(one => one.name.toLowerCase() === name.toLowerCase())?.name,
  )
  return names.every(name => name !== undefined) ? names : []
}

/** The quicker one between servers that hash alike, if they also store alike. */
function checksumKind(
  source: OpenTable,
  target: OpenTable,
  pairs: readonly ColumnPair[],
): ChecksumKind {
  const isAlike =
    source.writer.family === target.writer.family &&
    source.probe !== undefined &&
    source.probe === target.probe &&
    pairs.every(pair => pair.source.column.native === pair.target.column.native)
  return isAlike ? 'own' : 'common'
}
