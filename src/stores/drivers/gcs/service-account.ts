import { createPrivateKey, type KeyObject, sign } from 'node:crypto'
import { promisify } from 'node:util'
import { FerryError } from '../../../core/errors.ts'
import type { Credentials } from './credentials.ts'
import { type JsonRecord, textIn } from './json.ts'

const SCOPE = 'https://www.googleapis.com/auth/devstorage.full_control'
const LIFETIME_S = 3_600
/** Clocks may differ by this much; a token is made anew so long before its end. */
const MARGIN_S = 300

const signAsync = promisify(sign)

/**
 * A service account by its key. It signs its tokens itself (AIP-4111): no server is asked for one,
 * and no package is loaded, which would take most of the time of a short command.
 */
export function serviceAccount(path: string, content: JsonRecord): Credentials {
  const email = textIn(content, 'client_email')
  const keyId = textIn(content, 'private_key_id')
  const key = readKey(textIn(content, 'private_key'))
  if (email === undefined || key === undefined) {
    throw new FerryError('CONFIG_INVALID', `\`${path}\` is no whole key of a service account`, {
      hint: 'make another: gcloud iam service-accounts keys create FILE --iam-account ACCOUNT',
    })
  }
  let made: { readonly token: string; readonly until: number } | undefined
  const token = async (): Promise<string> => {
    const now = Math.floor(Date.now() / 1_000)
    if (made === undefined || made.until <= now) {
      const until = now + LIFETIME_S - MARGIN_S
      made = { token: await makeToken({ email, keyId, key }, now), until }
    }
    return made.token
  }
  return {
    project: textIn(content, 'project_id'),
    quotaProject: textIn(content, 'quota_project_id'),
    token,
    renew: () => {
      made = undefined
      return false // one signed anew differs in nothing but its time
    },
    signer: async () => ({
      email,
      sign: text => signAsync('RSA-SHA256', Buffer.from(text), key),
    }),
  }
}

function readKey(text: string | undefined): KeyObject | undefined {
  try {
    return text === undefined ? undefined : createPrivateKey(text)
  } catch {
    return undefined // said by the caller; the reason could quote the key
  }
}

interface Account {
  readonly email: string
  readonly keyId: string | undefined
  readonly key: KeyObject
}

async function makeToken({ email, keyId, key }: Account, now: number): Promise<string> {
  const head = { alg: 'RS256', typ: 'JWT', kid: keyId }
  const claims = { iss: email, sub: email, scope: SCOPE, iat: now, exp: now + LIFETIME_S }
  const text = `${encode(head)}.${encode(claims)}`
  const signature = await signAsync('RSA-SHA256', Buffer.from(text), key)
  return `${text}.${signature.toString('base64url')}`
}

function encode(content: object): string {
  return Buffer.from(JSON.stringify(content)).toString('base64url')
}
