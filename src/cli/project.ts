import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import * as z from 'zod'
import { parseConfig } from '../core/config-file.ts'
import { collectConfig } from '../collector/config.ts'
import { crunchConfig } from '../cruncher/config.ts'
import { asLocalIoError, FerryError } from '../core/errors.ts'
import { utf8Text } from '../core/utf8.ts'
import { webConfig } from '../dashboard/config.ts'
import { fileName, sourceConfig, warehouseConfig } from '../databases/config.ts'
import { runConfig } from '../flow/config.ts'
import { loadConfig } from '../loader/config.ts'
import { pullConfig } from '../pull/config.ts'
import { qualityConfig } from '../quality/config.ts'

/** The whole of ferry.yaml. Each part's section is that part's schema. */
export const projectConfig = z.strictObject({
  name: z.string().optional().meta({ description: 'shown in reports' }),
  timezone: z
    .string()
    .default('UTC')
    .refine(isTimeZone, 'is not a time zone such as UTC or Europe/Budapest')
    .meta({ description: 'of the logical date' }),
  stores: z.record(z.string(), z.string()).default({}),
  warehouses: z.record(z.string(), warehouseConfig).default({}),
  sources: z.record(fileName, sourceConfig).default({}),
  models: z.string().default('models/').meta({ description: 'the folder of the SQL models' }),
  run: runConfig.prefault({}),
  load: loadConfig.prefault({}),
  pull: pullConfig.default({}),
  collect: collectConfig.prefault({}),
  crunch: crunchConfig.prefault({}),
  quality: qualityConfig.prefault({}),
  web: webConfig.prefault({}),
  profiles: z.record(z.string(), z.looseObject({})).default({}),
})

export type ProjectConfig = z.output<typeof projectConfig>

/** A project directory with its configuration read and checked. */
export interface Project {
  /** Absolute path of the folder that holds ferry.yaml. */
  readonly directory: string
  readonly config: ProjectConfig
}

/** The nearest folder upwards that has a ferry.yaml, or undefined. */
export function findProject(from: string): string | undefined {
  for (let directory = resolve(from); ; directory = dirname(directory)) {
    if (existsSync(join(directory, 'ferry.yaml'))) return directory
    if (dirname(directory) === directory) return undefined
  }
}

/**
 * Reads ferry.yaml of the project that `from` lies in. The environment variable FERRY_PROFILE
 * names a profile to lay over it. @throws FerryError CONFIG_INVALID
 */
export async function openProject(
  from: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Project> {
  const directory = findProject(from)
  if (directory === undefined) {
    throw new FerryError(
      'CONFIG_INVALID',
      `no \`ferry.yaml\` in \`${resolve(from)}\` or above it`,
      {
        hint: 'go to a project directory, or make one: ferry init my-project',
      },
    )
  }
  const path = join(directory, 'ferry.yaml')
  const bytes = await readFile(path).catch((error: unknown) => {
    throw asLocalIoError(error, path)
  })
  const file = relative(from, path) || 'ferry.yaml'
  const config = parseConfig({ file, text: utf8Text(bytes, file), environment }, projectConfig)
  return { directory, config: withDefaults(applyProfile(config, environment['FERRY_PROFILE'])) }
}

/** With no warehouse named, a project has an embedded one. */
function withDefaults(config: ProjectConfig): ProjectConfig {
  if (Object.keys(config.warehouses).length > 0) return config
  return { ...config, warehouses: { warehouse: { url: 'duckdb:./warehouse.duckdb' } } }
}

function applyProfile(config: ProjectConfig, name: string | undefined): ProjectConfig {
  if (name === undefined || name === '') return config
  const profile = config.profiles[name]
  if (profile === undefined) {
    const known = Object.keys(config.profiles).join(', ') || 'none'
    throw new FerryError('CONFIG_INVALID', `no profile \`${name}\` in ferry.yaml`, {
      hint: `set FERRY_PROFILE to one of: ${known}`,
    })
  }
  const parsed = projectConfig.partial().safeParse(profile)
  if (!parsed.success) {
    const issues = parsed.error.issues.map(one => `${one.path.join('.')}: ${one.message}`)
    throw new FerryError('CONFIG_INVALID', `profile \`${name}\`: ${issues.join('; ')}`)
  }
  return {
    ...config,
    stores: { ...config.stores, ...pickRecord(profile, 'stores', parsed.data.stores) },
    warehouses: {
      ...config.warehouses,
      ...pickRecord(profile, 'warehouses', parsed.data.warehouses),
    },
    sources: { ...config.sources, ...pickRecord(profile, 'sources', parsed.data.sources) },
    run: 'run' in profile && parsed.data.run ? parsed.data.run : config.run,
  }
}

function pickRecord<Value>(
  profile: object,
  key: string,
  value: Record<string, Value> | undefined,
): Record<string, Value> {
  return key in profile && value !== undefined ? value : {}
}

function isTimeZone(name: string): boolean {
  if (name === 'UTC') return true // not worth the 30 ms that Intl takes to come up
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false // Intl's only way to say that it does not know the name
  }
}
