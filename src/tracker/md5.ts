const SHIFTS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]

/**
 * MD5, which the protocol wants of sessions and in its older signature; WebCrypto has none.
 * @see https://www.rfc-editor.org/rfc/rfc1321
 */
export function md5hex(bytes: Uint8Array): string {
  const { length } = bytes
  const padded = new Uint8Array(((length + 72) >> 6) << 6)
  padded.set(bytes)
  padded[length] = 0x80
  const view = new DataView(padded.buffer)
  view.setUint32(padded.length - 8, length << 3, true)
  view.setUint32(padded.length - 4, length >>> 29, true)
  const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]
  for (let at = 0; at < padded.length; at += 64) {
    let [a = 0, b = 0, c = 0, d = 0] = state
    for (let i = 0; i < 64; i++) {
      const round = i >> 4
      const mix =
        round === 0
          ? (b & c) | (~b & d)
          : round === 1
            ? (d & b) | (~d & c)
            : round === 2
              ? b ^ c ^ d
              : c ^ (b | ~d)
      const word = ([1, 5, 3, 7][round] ?? 0) * i + ([0, 1, 5, 0][round] ?? 0)
      const sine = Math.floor(Math.abs(Math.sin(i + 1)) * 0x100000000)
      const sum = (a + mix + sine + view.getUint32(at + ((word & 15) << 2), true)) | 0
      const shift = SHIFTS[(round << 2) | (i & 3)] ?? 0
      a = d
      d = c
      c = b
      b = (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0
    }
    ;[a, b, c, d].forEach((word, i) => {
      state[i] = ((state[i] ?? 0) + word) | 0
    })
  }
  state.forEach((word, i) => view.setInt32(i << 2, word, true))
  return hex(padded.subarray(0, 16))
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
}

/** 128 bits that nobody else has; `crypto.randomUUID` is not there on pages without TLS. */
export function randomId(): string {
  return hex(crypto.getRandomValues(new Uint8Array(16)))
}
