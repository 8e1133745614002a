/**
 * The names of JavaScript itself that a template may use. Node's own (`process`, `fetch`, `crypto`)
 * are not among them: a template makes SQL and does nothing else, and a variable that was forgotten
 * must not turn out to be one of them.
 */
const JAVASCRIPT_NAMES: ReadonlySet<string> = new Set(
  `AggregateError Array ArrayBuffer BigInt BigInt64Array BigUint64Array Boolean DataView Date Error
  EvalError Float32Array Float64Array Infinity Int16Array Int32Array Int8Array Intl Iterator JSON Map
  Math NaN Number Object Promise Proxy RangeError ReferenceError Reflect RegExp Set String Symbol
  SyntaxError TypeError URIError Uint16Array Uint32Array Uint8Array WeakMap WeakSet arguments
  decodeURI decodeURIComponent encodeURI encodeURIComponent isFinite isNaN parseFloat parseInt
  structuredClone undefined`.split(/\s+/),
)

export function isJavaScriptName(name: string): boolean {
  return JAVASCRIPT_NAMES.has(name)
}
