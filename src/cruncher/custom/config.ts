import * as z from 'zod'
import { FIELD_NAMES } from '../fields/field-name.ts'
import { LEVELS } from '../record.ts'

const texts = z.union([z.string().transform(one => [one]), z.array(z.string())])
const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/, 'small letters, digits and dashes, such as `payment-log`')

const sample = z.strictObject({
  line: z.string().min(1),
  expected: z.record(z.string(), z.unknown()),
})

/** A format of one's own: one of `regex`, `grok`, `json` and `separator`, and what it finds. */
const customFormat = z.strictObject({
  title: z.string().optional().meta({ description: 'what a person calls it' }),
  regex: z.string().optional().meta({ description: 'with named groups' }),
  grok: z.string().optional().meta({ description: 'of standard names and those of `patterns`' }),
  ignore_case: z.boolean().default(false),
  json: z
    .strictObject({
      required: texts.default([]).meta({ description: 'members that are always there' }),
      where: z
        .record(z.string(), texts)
        .default({})
        .meta({ description: 'members with one of these values' }),
    })
    .optional(),
  separator: z.string().min(1).optional().meta({ description: 'between columns' }),
  columns: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .meta({ description: 'names in order; `...` behind the last: it takes the rest' }),
  fields: z
    .record(z.string(), z.enum(FIELD_NAMES))
    .default({})
    .meta({ description: 'what its names mean' }),
  types: z
    .record(z.string(), z.enum(['text', 'int', 'float']))
    .default({})
    .meta({ description: 'of attributes that are not texts' }),
  levels: z
    .record(z.string(), z.enum(LEVELS).exclude(['']))
    .default({})
    .meta({ description: 'its own words or numbers for levels' }),
  starts: z.string().min(1).optional().meta({ description: 'first characters of lines: `0-9`' }),
  multiline: z.boolean().default(false).meta({ description: 'lines behind belong to it' }),
  envelope: z.boolean().default(false).meta({ description: 'its message is a line itself' }),
  sureness: z.enum(['sure', 'likely', 'generic']).optional(),
  samples: z.array(sample).min(1).meta({ description: 'lines and what is found in them' }),
})

export type CustomFormat = z.output<typeof customFormat>

export const formatsConfig = z.strictObject({
  patterns: z
    .record(z.string().regex(/^\w+$/), z.string())
    .default({})
    .meta({ description: 'grok patterns of your own' }),
  formats: z.record(name, customFormat).default({}),
})
