import { createHash } from 'node:crypto'

/**
 * The file name that stands for a make target: another one for each. `bin/tracking-shell` computes
 * the same in bash (log_name); a test holds the two against each other.
 */
export function targetLogName(target: string): string {
  let name = target.replaceAll(/[^A-Za-z0-9._-]+/g, other =>
    other === '/' ? '%2F' : Array.from(targetBytes(other), escapeByte).join(''),
  )
  if (/^(\.|trackingshell$|timing_env$|attempt-)/.test(name)) {
    name = escapeByte(name.charCodeAt(0)) + name.slice(1)
  }
  if (name.length <= 200) return name
  return `${name.slice(0, 180)}~${createHash('sha256').update(targetBytes(target)).digest('hex').slice(0, 16)}`
}

const escapeByte = (byte: number): string => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`

/** UTF-8, but a lone surrogate from U+DC80 to U+DCFF stands for the byte that it holds. */
function targetBytes(target: string): Buffer {
  const parts = Array.from(target, letter => {
    const code = letter.charCodeAt(0)
    const isByte = letter.length === 1 && code >= 0xdc80 && code <= 0xdcff
    return isByte ? Buffer.from([code & 0xff]) : Buffer.from(letter)
  })
  return Buffer.concat(parts)
}
