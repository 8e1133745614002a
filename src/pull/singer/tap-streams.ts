import { FerryError } from '../../core/errors.ts'
import type { PullSourceConfig } from '../config.ts'
import { isRecord, type JsonValue } from '../json/parse-json.ts'
import type { PullContext } from '../pull-context.ts'
import { openLanding } from '../pull-table.ts'
import type { Landing } from '../rows/landing.ts'
import { planOf, type TablePlan } from '../table-plan.ts'
import { kindOfSchema } from './json-schema.ts'
import type { SingerMessage } from './messages.ts'

/** A stream of a tap, on its way to become a table. */
export interface TapStream {
  readonly plan: TablePlan
  readonly landing: Landing
  /** As the SCHEMA said, not as ferry.yaml does. */
  readonly key: readonly string[]
  /** Of its records, where they have one. */
  recorded: number | undefined
  /** The version whose rows are all that there are; undefined where the tap has no such thing. */
  active: number | undefined
}

/** The streams that a tap sends, each with a landing of its own. */
export class TapStreams implements AsyncDisposable {
  readonly #source: string
  readonly #config: PullSourceConfig
  readonly #context: PullContext
  readonly #streams = new Map<string, TapStream>()
  /** What the tap said last of where it is; undefined where it said nothing. */
  state: JsonValue

  constructor(source: string, config: PullSourceConfig, context: PullContext) {
    this.#source = source
    this.#config = config
    this.#context = context
  }

  get all(): readonly TapStream[] {
    return [...this.#streams.values()]
  }

  async take(message: SingerMessage): Promise<void> {
    if (message.type === 'STATE') this.state = message.value
    else if (message.type === 'SCHEMA') await this.#describe(message)
    else if (message.type === 'RECORD') await this.#add(message)
    else this.#described(message.stream, message.type).active = message.version
  }

  async #describe(message: SingerMessage & { readonly type: 'SCHEMA' }): Promise<void> {
    const { stream, schema, key } = message
    const { properties } = schema
    const columns = Object.entries(isRecord(properties) ? properties : {}).map(([name, one]) => ({
      name,
      kind: kindOfSchema(one),
    }))
    let known = this.#streams.get(stream)
    if (known === undefined) {
      const plan = this.#planOf(stream, key)
      const other = this.all.find(one => one.plan.table === plan.table)
      if (other !== undefined) {
        throw new FerryError(
          'DATA_INVALID',
          `two streams of the tap are called \`${plan.table}\` here`,
        )
      }
      const landing = await openLanding(plan, false, this.#context)
      known = { plan, landing, key, recorded: undefined, active: undefined }
      this.#streams.set(stream, known)
    }
    if (known.key.join('\0') !== key.join('\0')) {
      throw new FerryError(
        'DATA_INVALID',
        `the tap changed the key of \`${stream}\` while it ran, from (${known.key.join(', ')}) to (${key.join(', ')})`,
      )
    }
    known.landing.schema.expect(columns)
  }

  async #add(message: SingerMessage & { readonly type: 'RECORD' }): Promise<void> {
    const { stream, record, version } = message
    const known = this.#described(stream, message.type)
    if (version !== undefined) {
      if (known.recorded !== undefined && known.recorded !== version) {
        throw new FerryError(
          'UNSUPPORTED',
          `the tap sent records of \`${stream}\` of two versions, ${known.recorded} and ${version}`,
        )
      }
      known.recorded = version
    }
    await known.landing.add([{ text: JSON.stringify(record), members: record }])
  }

  #described(stream: string, type: string): TapStream {
    const known = this.#streams.get(stream)
    if (known !== undefined) return known
    throw new FerryError(
      'DATA_INVALID',
      `the tap sent a ${type} of \`${stream}\` before its SCHEMA`,
    )
  }

  /** The names of streams may hold what names of tables do not: `public-users`, `a.b`. */
  #planOf(stream: string, key: readonly string[]): TablePlan {
    const table = stream.replaceAll(/[^\w-]/g, '_').replace(/^(?=[^A-Za-z_])/, '_')
    const config =
      this.#config.key === undefined ? { ...this.#config, key: [...key] } : this.#config
    return planOf(this.#source, table, config, this.#config.tables[table] ?? {})
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { landing } of this.#streams.values()) await landing[Symbol.asyncDispose]()
  }
}
