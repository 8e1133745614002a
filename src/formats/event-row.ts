/**
 * An event as it lies in segments and in delivered CSV files: one record of RFC 4180, but with \001
 * between the fields and a line feed at the end. The first 23 columns and their order are those of
 * Hamustro, so that what loads its files loads ours; the collector adds two of its own behind them.
 */
export const EVENT_COLUMNS = [
  'device_id',
  'client_id',
  'session',
  'nr',
  'env',
  'system_version',
  'product_version',
  'at',
  'timezone',
  'event',
  'device_make',
  'device_model',
  'system',
  'system_language',
  'browser',
  'browser_version',
  'product_git_hash',
  'product_language',
  'user_id',
  'tenant_id',
  'ip',
  'country',
  'parameters',
  'received_at',
  'sequence',
] as const

export type EventColumn = (typeof EVENT_COLUMNS)[number]

/** By number, as protobuf has them. */
export const ENVIRONMENTS = [
  'PRODUCTION',
  'GENERAL_AVAILABILITY',
  'RELEASE_TO_MARKETING',
  'RELEASE_CANDIDATE',
  'BETA',
  'ALPHA',
  'WEEKLY',
  'NIGHTLY',
  'STAGING',
  'QUALITY_ASSURANCE',
  'TESTING',
  'DEVELOPMENT',
] as const

export const FIELD_SEPARATOR = 1
export const ROW_END = 10
