/** Texts of a collection: the number in the schema, the names in protobuf's JSON mapping and in the schema. */
export const COLLECTION_TEXTS = [
  [1, 'deviceId', 'device_id'],
  [2, 'clientId', 'client_id'],
  [3, 'session', 'session'],
  [4, 'systemVersion', 'system_version'],
  [5, 'productVersion', 'product_version'],
  [7, 'deviceMake', 'device_make'],
  [8, 'deviceModel', 'device_model'],
  [9, 'system', 'system'],
  [10, 'systemLanguage', 'system_language'],
  [11, 'browser', 'browser'],
  [12, 'browserVersion', 'browser_version'],
  [13, 'productGitHash', 'product_git_hash'],
  [14, 'productLanguage', 'product_language'],
] as const

/** The same of a payload. */
export const PAYLOAD_TEXTS = [
  [2, 'event', 'event'],
  [4, 'timezone', 'timezone'],
  [5, 'tenantId', 'tenant_id'],
  [6, 'userId', 'user_id'],
  [7, 'ip', 'ip'],
  [8, 'country', 'country'],
] as const
