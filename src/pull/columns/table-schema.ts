import * as z from 'zod'
import { jsonIfWhole } from '../../core/json-if-whole.ts'
import { writeFileAtomically, readIfPresent } from '../../core/atomic-write.ts'
import { FerryError } from '../../core/errors.ts'
import type { ColumnType, TableColumn } from '../../formats/column-type.ts'
import type { JsonRecord } from '../json/parse-json.ts'
import { type Fitted, fitKind, fitType } from './fit-value.ts'
import { readValue } from './read-value.ts'
import { KINDS, type Kind, typeOfKind, widest } from './value-kind.ts'

/** `.ferry/pull/SOURCE.TABLE.schema.json`: what was seen of a table, night after night. */
const kept = z.object({
  version: z.literal(1),
  columns: z.array(z.object({ name: z.string().min(1), kind: z.enum(KINDS) })),
})

export interface SchemaOptions {
  /** Of columns whose type is declared; `false`: the column is left out. */
  readonly declared: ReadonlyMap<string, ColumnType | false>
  /** Columns of earlier nights are not widened: values that do not fit them are rejected. */
  readonly isFixed: boolean
  /** All values are text (CSV): numbers and the like are told from their spelling. */
  readonly isText: boolean
  readonly key: readonly string[]
}

interface SeenColumn {
  readonly name: string
  kind: Kind
  /** Known before this pull, where kinds may be fixed. */
  readonly knownKind: Kind
}

/** More are no table but a mapping with a key a column. */
const MOST_COLUMNS = 1_500

/** The columns of a table as they are found in its rows: they are added and widened, never narrowed. */
export class TableSchema {
  readonly #options: SchemaOptions
  readonly #columns = new Map<string, SeenColumn>()

  private constructor(columns: readonly { name: string; kind: Kind }[], options: SchemaOptions) {
    this.#options = options
    for (const { name, kind } of columns) this.#add(name, kind)
    for (const name of options.declared.keys()) {
      if (!this.#columns.has(name)) this.#add(name, 'nothing')
    }
  }

  /** With what was kept at `path`; nothing where there is no such file. */
  static async read(path: string, options: SchemaOptions): Promise<TableSchema> {
    const text = await readIfPresent(path)
    if (text === undefined) return new TableSchema([], options)
    const read = kept.safeParse(jsonIfWhole(text))
    if (read.success) return new TableSchema(read.data.columns, options)
    throw new FerryError('DATA_INVALID', `\`${path}\` does not hold the columns of a table`, {
      cause: read.error,
      hint: 'remove it: the next pull finds the columns again, as wide as that night’s rows',
    })
  }

  /** Columns that a source declares itself, before its rows. */
  expect(columns: readonly { readonly name: string; readonly kind: Kind }[]): void {
    for (const { name, kind } of columns) this.#widen(name, kind)
  }

  /** Takes note of a row. @throws FerryError DATA_INVALID (more columns than any table has) */
  observe(members: JsonRecord): void {
    for (const [name, value] of Object.entries(members)) {
      const column = this.#columns.get(name)
      if (column?.kind === 'text') continue
      this.#widen(name, readValue(value, this.#options.isText)?.kind ?? 'nothing')
    }
  }

  #widen(name: string, kind: Kind): void {
    const column = this.#columns.get(name)
    if (column !== undefined) column.kind = widest(column.kind, kind)
    else this.#add(name, kind, 'nothing')
  }

  #add(name: string, kind: Kind, knownKind = kind): void {
    this.#columns.set(name, { name, kind, knownKind })
    if (this.#columns.size <= MOST_COLUMNS) return
    throw new FerryError('DATA_INVALID', `the rows have more than ${MOST_COLUMNS} columns`, {
      hint: 'rows may be the values of a mapping: say where they are by rows: $.name[*]',
    })
  }

  /** The columns that have a type, in the order in which they were first seen. */
  columns(): readonly FoundColumn[] {
    const { declared, isFixed, key } = this.#options
    const found: FoundColumn[] = []
    for (const { name, kind, knownKind } of this.#columns.values()) {
      const type = declared.get(name)
      if (type === false) continue
      const narrowest = isFixed && knownKind !== 'nothing' ? knownKind : kind
      if (type !== undefined) found.push(new FoundColumn(name, type, key.includes(name)))
      else if (narrowest !== 'nothing')
        found.push(new FoundColumn(name, narrowest, key.includes(name)))
    }
    assertSound(found)
    return found
  }

  /** Keeps what is known now. May be done before the rows are delivered: it only widens. */
  async keep(path: string): Promise<void> {
    const { isFixed } = this.#options
    const columns = [...this.#columns.values()].map(({ name, kind, knownKind }) => ({
      name,
      kind: isFixed && knownKind !== 'nothing' ? knownKind : kind,
    }))
    const lines = columns.map(column => `  ${JSON.stringify(column)}`).join(',\n')
    await writeFileAtomically(path, `{"version":1,"columns":[\n${lines}\n]}\n`)
  }
}

/** A column of a delivery. */
export class FoundColumn {
  readonly name: string
  readonly type: ColumnType
  readonly #kind: Exclude<Kind, 'nothing'> | undefined
  readonly #isKey: boolean

  constructor(name: string, type: ColumnType | Exclude<Kind, 'nothing'>, isKey: boolean) {
    this.name = name
    this.#isKey = isKey
    this.#kind = typeof type === 'string' ? type : undefined
    this.type = typeof type === 'string' ? typeOfKind(type) : type
  }

  /** A value's text in this column; undefined for null. */
  fit(value: unknown, isText: boolean): Fitted | undefined {
    const reading = readValue(value, isText)
    if (reading === undefined)
      return this.#isKey ? { misfit: 'it is a part of the key, and empty' } : undefined
    return this.#kind === undefined ? fitType(reading, this.type) : fitKind(reading, this.#kind)
  }

  get described(): TableColumn {
    return {
      name: this.name,
      type: this.type,
      nullable: !this.#isKey,
      native: this.#kind ?? nativeOf(this.type),
    }
  }
}

function nativeOf(type: ColumnType): string {
  if (type.kind === 'decimal' && type.precision !== undefined) {
    return `decimal(${type.precision},${type.scale ?? 0})`
  }
  return type.kind === 'integer' ? `integer of ${type.bits} bits` : type.kind
}

/** Most warehouses take `Id` and `id` for one name. */
function assertSound(columns: readonly FoundColumn[]): void {
  const seen = new Map<string, string>()
  for (const { name } of columns) {
    if (name === '') {
      throw new FerryError('DATA_INVALID', 'the rows have a column without a name', {
        hint: 'leave it out: columns: { "": false }',
      })
    }
    const other = seen.get(name.toLowerCase())
    if (other !== undefined) {
      throw new FerryError(
        'DATA_INVALID',
        `the columns \`${other}\` and \`${name}\` differ in nothing but their letters’ case`,
        { hint: `leave one out: columns: { ${name}: false }` },
      )
    }
    seen.set(name.toLowerCase(), name)
  }
}
