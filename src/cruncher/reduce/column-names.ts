import { attributeOf } from './field-names.ts'

/** A column of what a field is grouped by: its name; of `attributes.plan` it is `plan`. */
export function dimensionColumn(field: string): string {
  return attributeOf(field) ?? field
}

/** `bytes_sum`, `user_id_distinct`, `path_top`. */
export function measureColumn(field: string, suffix: string): string {
  return `${dimensionColumn(field)}_${suffix}`
}

/** `duration_ms_p50`, `duration_ms_p99_9`. */
export function quantileColumn(field: string, quantile: number): string {
  const percent = Number((quantile * 100).toPrecision(12))
  return measureColumn(field, `p${String(percent).replace('.', '_')}`)
}
