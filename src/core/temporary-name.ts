/**
 * The name of a file to write before it gets the name `path`. Not to be guessed by chance alone: who
 * makes it has the kernel say that it is new. Without node:crypto, which takes 5 ms to load in a
 * command that runs 200 times a night.
 */
export function temporaryName(path: string): string {
  return `${path}.tmp-${process.pid}-${randomDigits()}`
}

/** Eight hexadecimal digits, for names that must differ and may be known. */
export function randomDigits(): string {
  return Math.floor(Math.random() * 0x1_0000_0000)
    .toString(16)
    .padStart(8, '0')
}
