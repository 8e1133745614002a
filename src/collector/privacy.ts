import { createHmac } from 'node:crypto'
import type { IpPolicy } from './ip-mask.ts'

/** What happens to a parameter before anything reaches the disk. */
export type ParameterPolicy = 'drop' | 'hash'

/** What must not be stored as it came. */
export interface PrivacyPolicy {
  readonly ip: IpPolicy
  /** By name; all others are kept. */
  readonly parameters: ReadonlyMap<string, ParameterPolicy>
  /** Of the hashes: the same value gives the same hash, and without the key nobody can try values. */
  readonly hashKey: string
}

/** 128 bits of HMAC-SHA256, in hexadecimal. */
export function hashValue(value: string, key: string): string {
  return createHmac('sha256', key).update(value).digest('hex').slice(0, 32)
}
