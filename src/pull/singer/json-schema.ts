import { type Kind, widest } from '../columns/value-kind.ts'
import { isRecord, type JsonValue } from '../json/parse-json.ts'

/**
 * The kind of column that a property of a JSON Schema describes. `nothing` where it says nothing: the
 * values tell then, as they do where they are more than was said.
 */
export function kindOfSchema(schema: JsonValue): Kind {
  if (!isRecord(schema)) return 'nothing'
  const either = schema['anyOf'] ?? schema['oneOf']
  if (Array.isArray(either)) return either.map(kindOfSchema).reduce(widest, 'nothing')
  const types = Array.isArray(schema['type']) ? schema['type'] : [schema['type']]
  return types.map(type => kindOfType(type, schema)).reduce(widest, 'nothing')
}

function kindOfType(type: unknown, schema: Readonly<Record<string, unknown>>): Kind {
  switch (type) {
    case 'integer':
      return 'int53'
    case 'number':
      return schema['multipleOf'] === undefined ? 'float' : 'decimal'
    case 'boolean':
      return 'boolean'
    case 'object':
    case 'array':
      return 'json'
    case 'string':
      return kindOfString(schema['format'])
    default:
      return 'nothing'
  }
}

function kindOfString(format: unknown): Kind {
  if (format === 'date-time') return 'timestamptz'
  if (format === 'date') return 'date'
  return 'text'
}
