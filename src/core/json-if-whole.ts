/**
 * What a text says as JSON; undefined where it is none: torn, not written yet, of somebody else. No
 * schema takes undefined, so the reader's own check is the one place where both are refused.
 */
export function jsonIfWhole(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
