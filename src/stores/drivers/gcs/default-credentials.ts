import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { asLocalIoError, FerryError, systemErrorCode } from '../../../core/errors.ts'
import type { Credentials } from './credentials.ts'
import { fetchedCredentials } from './fetched-credentials.ts'
import { isRecord, type JsonRecord, textIn } from './json.ts'
import { serviceAccount } from './service-account.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * In the order of Google's tools: a token that gcloud takes from the environment, the file that
 * GOOGLE_APPLICATION_CREDENTIALS names, that of `gcloud auth application-default login`, the machine's
 * own account. An emulator is asked as nobody unless one of the first two is there.
 */
export async function readCredentials(
  environment: Environment,
  isEmulator: boolean,
): Promise<Credentials> {
  const token = environment['CLOUDSDK_AUTH_ACCESS_TOKEN'] || undefined
  if (token !== undefined) return fixedToken(token.trim())
  const tokenFile = environment['CLOUDSDK_AUTH_ACCESS_TOKEN_FILE'] || undefined
  if (tokenFile !== undefined) return fixedToken((await readText(tokenFile)).trim())
  const named = environment['GOOGLE_APPLICATION_CREDENTIALS'] || undefined
  if (named !== undefined) return fromFile(named, await readText(named))
  if (isEmulator) return nobody
  const found = await readIfThere(wellKnownFile(environment))
  return found === undefined
    ? fetchedCredentials({ place: 'the metadata server' })
    : fromFile(found.path, found.text)
}

function wellKnownFile(environment: Environment): string {
  const home = environment['HOME'] || homedir()
  const folder = environment['CLOUDSDK_CONFIG'] || join(home, '.config', 'gcloud')
  return join(folder, 'application_default_credentials.json')
}

async function readIfThere(path: string): Promise<{ path: string; text: string } | undefined> {
  try {
    return { path, text: await readFile(path, 'utf8') }
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT' || systemErrorCode(error) === 'ENOTDIR') {
      return undefined
    }
    throw asLocalIoError(error, path)
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw asLocalIoError(error, path)
    throw new FerryError('CONFIG_INVALID', `the file of credentials \`${path}\` does not exist`, {
      cause: error,
      hint: 'set GOOGLE_APPLICATION_CREDENTIALS to the path of a key, or unset it',
    })
  }
}

function fromFile(path: string, text: string): Credentials {
  const content = parse(text)
  if (content === undefined) {
    throw new FerryError(
      'CONFIG_INVALID',
      `the file of credentials \`${path}\` is no JSON object`,
      {
        hint: 'have Google make it anew: gcloud auth application-default login',
      },
    )
  }
  if (textIn(content, 'type') === 'service_account') return serviceAccount(path, content)
  return fetchedCredentials({
    place: `\`${path}\``,
    keyFilename: path,
    project: textIn(content, 'project_id'),
    quotaProject: textIn(content, 'quota_project_id'),
  })
}

function parse(text: string): JsonRecord | undefined {
  try {
    const content: unknown = JSON.parse(text)
    return isRecord(content) ? content : undefined
  } catch {
    return undefined // said by the caller, without the content
  }
}

const nobody: Credentials = {
  token: async () => undefined,
  renew: () => false,
  signer: async () => {
    throw new FerryError('UNSUPPORTED', 'a URL cannot be signed without credentials', {
      hint: 'set GOOGLE_APPLICATION_CREDENTIALS to the key of a service account',
    })
  },
}

function fixedToken(token: string): Credentials {
  return {
    token: async () => token,
    renew: () => false,
    signer: async () => {
      throw new FerryError('UNSUPPORTED', 'a URL cannot be signed with an access token', {
        hint: 'set GOOGLE_APPLICATION_CREDENTIALS to the key of a service account',
      })
    },
  }
}
