import { dimensionColumn, measureColumn, quantileColumn } from './column-names.ts'
import { type Field, fieldOf } from './field.ts'

/** What a reduction is made from: what its section of ferry.yaml says, read. */
export interface ReductionShape {
  readonly by: readonly string[]
  readonly every?: number | undefined
  readonly count: string
  readonly sum: NamedFields
  readonly min: NamedFields
  readonly max: NamedFields
  readonly mean: NamedFields
  readonly distinct: Readonly<Record<string, 'exact' | 'hll'>>
  readonly quantiles: Readonly<Record<string, readonly number[]>>
  readonly top: Readonly<Record<string, number>>
}
type NamedFields = readonly (readonly [column: string, field: string])[]

/**
 * What a column's values are: `decimal` is a text of digits, exact; `date` days and `timestamp`
 * microseconds since 1970; `json` a text.
 */
export type ColumnType = 'text' | 'integer' | 'double' | 'decimal' | 'date' | 'timestamp' | 'json'

/** How a cell is made of a group. */
export type Cell =
  | { readonly of: 'dimension'; readonly at: number }
  | { readonly of: 'count' }
  | { readonly of: 'sum' | 'mean' | 'extreme'; readonly slot: number }
  | { readonly of: 'distinct' | 'estimate'; readonly section: number }
  | { readonly of: 'quantile'; readonly section: number; readonly quantile: number }
  | { readonly of: 'top'; readonly section: number; readonly count: number }

export interface Column {
  readonly name: string
  readonly type: ColumnType
  readonly cell: Cell
}

/** What a group holds beside its slots, under keys of its own: values with their counts, registers, buckets. */
export interface Section {
  readonly kind: 'values' | 'registers' | 'buckets'
  /** Its field: of buckets a place in `measures`, of others a place in `values`. */
  readonly at: number
  readonly name: string
}

/** Numbers of a group, in one array. Slot 0 is the count; a sum takes four (`exact-sum.ts`), an extreme one. */
export interface Slots {
  readonly sums: readonly { readonly measure: number; readonly slot: number }[]
  readonly extremes: readonly {
    readonly measure: number
    readonly slot: number
    readonly isMax: boolean
  }[]
  /** Those of a group without records. */
  readonly initial: Float64Array
}

export interface Plan {
  readonly dimensions: readonly Field[]
  /** Fields that are read as numbers, once a record. */
  readonly measures: readonly Field[]
  readonly values: readonly Field[]
  readonly slots: Slots
  /** A section's number in keys is its place here and one more. */
  readonly sections: readonly Section[]
  readonly columns: readonly Column[]
}

/** Fields that are read, each once, by name. */
class Fields {
  readonly names: string[] = []

  at(name: string): number {
    const at = this.names.indexOf(name)
    return at >= 0 ? at : this.names.push(name) - 1
  }
}

/** The columns of a reduction in their order, and what has to be kept for them. */
export function planReduction(shape: ReductionShape): Plan {
  const by =
    shape.every === undefined || shape.by.includes('time') ? shape.by : ['time', ...shape.by]
  const measures = new Fields()
  const values = new Fields()
  const columns: Column[] = by.map((name, at) => {
    return { name: dimensionColumn(name), type: dimensionType(name), cell: { of: 'dimension', at } }
  })
  columns.push({ name: shape.count, type: 'integer', cell: { of: 'count' } })
  const slots = planSlots(shape, measures, columns)
  const sections = planSections(shape, { measures, values }, columns)
  return {
    dimensions: by.map(name => fieldOf(name, shape.every)),
    measures: measures.names.map(name => fieldOf(name)),
    values: values.names.map(name => fieldOf(name)),
    slots,
    sections,
    columns,
  }
}

function dimensionType(name: string): ColumnType {
  if (name === 'date') return 'date'
  if (name === 'time') return 'timestamp'
  return name === 'status' || name === 'bytes' || name === 'duration_ms' ? 'double' : 'text'
}

function planSlots(shape: ReductionShape, measures: Fields, columns: Column[]): Slots {
  const sums: { measure: number; slot: number }[] = []
  const extremes: { measure: number; slot: number; isMax: boolean }[] = []
  const initial = [0]
  const sumOf = (field: string): number => {
    const measure = measures.at(field)
    const found = sums.find(sum => sum.measure === measure)
    if (found !== undefined) return found.slot
    const slot = initial.length
    initial.push(0, 0, 0, 0)
    sums.push({ measure, slot })
    return slot
  }
  const extremeOf = (field: string, isMax: boolean): number => {
    const measure = measures.at(field)
    const found = extremes.find(known => known.measure === measure && known.isMax === isMax)
    if (found !== undefined) return found.slot
    extremes.push({ measure, slot: initial.length, isMax })
    return initial.push(Number.NaN) - 1
  }
  const add = (name: string, type: ColumnType, of: 'sum' | 'mean' | 'extreme', slot: number) =>
    columns.push({ name, type, cell: { of, slot } })
  const extremeType = (field: string): ColumnType => (field === 'time' ? 'timestamp' : 'double')
  for (const [name, field] of shape.sum) add(name, 'decimal', 'sum', sumOf(field))
  for (const [name, field] of shape.min) {
    add(name, extremeType(field), 'extreme', extremeOf(field, false))
  }
  for (const [name, field] of shape.max) {
    add(name, extremeType(field), 'extreme', extremeOf(field, true))
  }
  for (const [name, field] of shape.mean) add(name, 'double', 'mean', sumOf(field))
  return { sums, extremes, initial: Float64Array.from(initial) }
}

function planSections(
  shape: ReductionShape,
  fields: { readonly measures: Fields; readonly values: Fields },
  columns: Column[],
): Section[] {
  const sections: Section[] = []
  const sectionOf = (kind: Section['kind'], name: string): number => {
    const at = (kind === 'buckets' ? fields.measures : fields.values).at(name)
    const found = sections.findIndex(section => section.kind === kind && section.at === at)
    return found >= 0 ? found : sections.push({ kind, at, name }) - 1
  }
  for (const [field, how] of Object.entries(shape.distinct)) {
    const name = measureColumn(field, 'distinct')
    const cell: Cell =
      how === 'exact'
        ? { of: 'distinct', section: sectionOf('values', field) }
        : { of: 'estimate', section: sectionOf('registers', field) }
    columns.push({ name, type: 'integer', cell })
  }
  for (const [field, quantiles] of Object.entries(shape.quantiles)) {
    const section = sectionOf('buckets', field)
    for (const quantile of quantiles) {
      const name = quantileColumn(field, quantile)
      columns.push({ name, type: 'double', cell: { of: 'quantile', section, quantile } })
    }
  }
  for (const [field, count] of Object.entries(shape.top)) {
    const section = sectionOf('values', field)
    const name = measureColumn(field, 'top')
    columns.push({ name, type: 'json', cell: { of: 'top', section, count } })
  }
  return sections
}
