/** Where talk goes: never stdout. The logger is passed in; there is no global one. */
export interface Logger {
  debug(message: string): void
  info(message: string): void
  /** A person should do something. */
  warn(message: string): void
}

/** Plain lines on a stream; `debug` only when asked for. */
export function createTextLogger(stream: NodeJS.WritableStream, verbose: boolean): Logger {
  const write = (prefix: string) => (message: string) => {
    stream.write(`ferry: ${prefix}${message}\n`)
  }
  return {
    debug: verbose ? write('') : () => {},
    info: write(''),
    warn: write('warning: '),
  }
}
