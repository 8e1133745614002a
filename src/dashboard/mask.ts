import { maskUrl } from '../core/mask-url.ts'

/** Takes secrets out of a text. */
export type Mask = (text: string) => string

/** Names of environment variables whose values are nobody's business. */
const SECRET_NAME =
  /SECRET|TOKEN|PASSW|CREDENTIAL|WEBHOOK|SIGNATURE|PRIVATE|CONNECTION_STRING|_KEY$|^KEY_/i
const SHORTEST = 6

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // Of URLs, in the middle of a line.
  [/\b([a-z][a-z0-9+.-]{1,20}:\/\/[^/@:\s'"]{0,200}):[^/@\s'"]{1,200}@/gi, '$1:***@'],
  [/\b(authorization:\s*(?:basic|bearer|digest)\s+|bearer\s+)[\w.~+/=-]{8,}/gi, '$1***'],
  [
    /\b((?:password|passwd|pwd|secret|token|accountkey|api_?key|access_?key|sas)["']?\s*[=:]\s*["']?)[^\s"'&;,]{3,}/gi,
    '$1***',
  ],
  [/\b((?:AKIA|ASIA)[A-Z0-9]{4})[A-Z0-9]{12}\b/g, '$1***'],
  [/\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/g, '***'],
  [/([?&](?:sig|signature|x-amz-signature|x-goog-signature)=)[^&\s"']+/gi, '$1***'],
]

/** The values of secret variables of the environment, the longest first. */
export function secretValues(environment: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(environment)
    .filter(([name, value]) => SECRET_NAME.test(name) && (value?.length ?? 0) >= SHORTEST)
    .map(([, value]) => value ?? '')
    .sort((a, b) => b.length - a.length)
}

/** Masks the values of secret variables of the environment, and what looks like a secret. */
export function createMask(environment: Readonly<Record<string, string | undefined>>): Mask {
  const values = secretValues(environment)
  return text => {
    let masked = text
    for (const value of values) {
      if (masked.includes(value)) masked = masked.replaceAll(value, '***')
    }
    if (!/[:=@]|eyJ|A[KS]IA|earer/.test(masked)) return masked
    for (const [pattern, replacement] of PATTERNS) masked = masked.replace(pattern, replacement)
    return maskUrl(masked)
  }
}
