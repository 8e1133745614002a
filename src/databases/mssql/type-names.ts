/** What sys.columns says of the size of a column. */
export interface DeclaredSize {
  /** In bytes; -1 is max. */
  readonly maxLength: number
  readonly precision: number
  readonly scale: number
}

/** The type as it is written in CREATE TABLE: `nvarchar(50)`, `decimal(10,2)`. */
export function declaredType(name: string, { maxLength, precision, scale }: DeclaredSize): string {
  const length = (bytes: number): string => (maxLength === -1 ? 'max' : String(maxLength / bytes))
  switch (name) {
    case 'nvarchar':
    case 'nchar':
      return `${name}(${length(2)})`
    case 'varchar':
    case 'char':
    case 'varbinary':
    case 'binary':
      return `${name}(${length(1)})`
    case 'decimal':
    case 'numeric':
      return `${name}(${precision},${scale})`
    case 'time':
    case 'datetime2':
    case 'datetimeoffset':
      return `${name}(${scale})`
    default:
      return name
  }
}
