import v8 from 'node:v8'

/**
 * So many steps back, about 0.1 ms, and V8 gives up its usual engine for this line and runs the pattern
 * again in one whose time grows with the line's length only.
 */
const BACKTRACKS = 10_000

/** V8's flag `l` asks for the linear engine alone, and refuses patterns that it cannot run. */
const LINEAR_ONLY = 'sl'

/**
 * Compiles a pattern of a user that cannot run for ever. V8 has two engines: the usual one is fast, but
 * some patterns (`(a+)+$`) take it twice as long for each further character; the other takes ten times as
 * long as usual for all, and never longer. With these flags of V8 the second stands in where
 * the first goes back too often. It knows neither back references nor look-ahead, nor flags but `s`.
 * @throws SyntaxError for what is no regular expression or cannot be run by both
 */
export function compileLinear(source: string): RegExp {
  // First: how far an expression may go back is settled when it is made.
  enableLinearEngine()
  const pattern = new RegExp(source, 's')
  if (!isLinear(source)) {
    throw new SyntaxError(
      'it cannot be run in linear time: back references, look-ahead (`(?=`, `(?!`) and `\\p` are not allowed',
    )
  }
  return pattern
}

/** V8's flags belong to the whole process: what one thread has set, another finds. */
function enableLinearEngine(): void {
  if (isLinear('a')) return
  v8.setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks')
  v8.setFlagsFromString(`--regexp-backtracks-before-fallback=${BACKTRACKS}`)
  // Last, since this is what other threads ask for.
  v8.setFlagsFromString('--enable-experimental-regexp-engine')
}

function isLinear(source: string): boolean {
  try {
    new RegExp(source, LINEAR_ONLY).test('')
    return true
  } catch {
    return false // the only error that is left: the pattern itself has been compiled before
  }
}
