const PLAIN = /^[\x20-\x7e]*$/
/** Marks that join the character before them, and characters that show nothing. */
const INVISIBLE = /^[\p{M}\p{Cf}]+$/u
/** East Asian wide and fullwidth blocks, and emoji. */
const WIDE =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u

/** Made when it is needed: most tables hold nothing but ASCII. */
let graphemes: Intl.Segmenter | undefined

/** How many columns of a terminal a text takes. */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length
  let width = 0
  graphemes ??= new Intl.Segmenter()
  for (const { segment } of graphemes.segment(text)) {
    width += INVISIBLE.test(segment) ? 0 : WIDE.test(segment) ? 2 : 1
  }
  return width
}
