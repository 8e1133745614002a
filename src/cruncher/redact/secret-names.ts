/** Names whose values are secrets, without dashes and underscores. */
const NAMES = new Set(
  [
    'password passwd passphrase secret clientsecret',
    'token accesstoken refreshtoken idtoken authtoken sessiontoken securitytoken xauthtoken csrftoken',
    'apikey xapikey secretkey privatekey secretaccesskey awssecretaccesskey',
    'authorization proxyauthorization xamzsecuritytoken xamzsignature',
  ].flatMap(names => names.split(' ')),
)

const MAX_LENGTH = 40

/** By the last letters that the names have: most names are told apart by them. */
const LAST = new Uint8Array(256)
for (const name of NAMES) {
  LAST[name.charCodeAt(name.length - 1)] = 1
  LAST[name.charCodeAt(name.length - 1) - 0x20] = 1
}

/** Whether the name of a secret may end with a byte. */
export const endsSecretName = (byte: number): boolean => LAST[byte] === 1

/** Whether a name in bytes, or its part behind the last dot, is one of a secret, in any spelling. */
export function isSecretName(bytes: Uint8Array, from: number, to: number): boolean {
  if (LAST[bytes[to - 1] ?? 0] !== 1) return false
  let start = to
  while (start > from && bytes[start - 1] !== 0x2e) start--
  if (to - start < 5 || to - start > MAX_LENGTH) return false
  let name = ''
  for (let at = start; at < to; at++) {
    const byte = bytes[at] ?? 0
    if (byte !== 0x2d && byte !== 0x5f) name += String.fromCharCode(byte | 0x20)
  }
  return NAMES.has(name)
}
