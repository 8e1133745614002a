import * as z from 'zod'

/**
 * What a column holds, in terms that every engine can be told: how tables travel from one engine to
 * another. Each dialect reads its own type names into these and writes these as its own
 * (src/databases/dialect.ts, `types`).
 *
 * Beside it, the text of a value in files (CSV) and in comparisons, the same from every engine:
 *
 * | kind | text |
 * |---|---|
 * | boolean | `t`, `f` |
 * | integer | digits, `-` before: no leading zeros, no `+` |
 * | decimal | plain digits with all decimals of the scale, `NaN`, `Infinity`, `-Infinity`; never an exponent |
 * | float | the shortest digits that read back as the same number, as PostgreSQL prints them; `NaN`, `Infinity`, `-Infinity` |
 * | text, json, other | as it is, in UTF-8 |
 * | bytes | `\x` and hexadecimal digits in lower case |
 * | date | `YYYY-MM-DD`, ` BC` behind; `infinity`, `-infinity` |
 * | time | `HH:MM:SS`, then `.` and up to six digits without zeros at the end; with a zone: `+02`, `+05:30` behind |
 * | timestamp | a date, a blank, a time; ` BC` behind. With a zone: in UTC, `+00` behind the time |
 * | interval | as PostgreSQL prints it with `intervalstyle = postgres` |
 * | uuid | lower case with dashes |
 */
export const columnType = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('boolean') }),
  /** Bits of the smallest signed integer type that holds every value: an unsigned bigint has 128. */
  z.object({ kind: z.literal('integer'), bits: z.literal([8, 16, 32, 64, 128]) }),
  /** Without a precision: as many digits as one likes. */
  z.object({
    kind: z.literal('decimal'),
    precision: z.int().optional(),
    scale: z.int().optional(),
  }),
  z.object({ kind: z.literal('float'), bits: z.literal([32, 64]) }),
  /** `length` in characters, where there is a limit. */
  z.object({ kind: z.literal('text'), length: z.int().optional() }),
  z.object({ kind: z.literal('bytes'), length: z.int().optional() }),
  z.object({ kind: z.literal('date') }),
  /** `digits` behind the second's point, 6 where nothing is said. */
  z.object({ kind: z.literal('time'), zone: z.boolean(), digits: z.int().optional() }),
  z.object({ kind: z.literal('timestamp'), zone: z.boolean(), digits: z.int().optional() }),
  z.object({ kind: z.literal('interval') }),
  z.object({ kind: z.literal('uuid') }),
  z.object({ kind: z.literal('json') }),
  /** A type of one engine alone (an array, a range, a point, an enumeration), as its own text. */
  z.object({ kind: z.literal('other'), name: z.string() }),
])

export type ColumnType = z.output<typeof columnType>

/** A column of a table that travels. */
export const tableColumn = z.object({
  name: z.string().min(1),
  type: columnType,
  nullable: z.boolean(),
  /** The type in the words of the engine it comes from: `numeric(10,2)`, `tinyint(1) unsigned`. */
  native: z.string(),
})

export type TableColumn = z.output<typeof tableColumn>
