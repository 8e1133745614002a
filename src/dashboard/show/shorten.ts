/** No more than so many letters of a text: a command or a cell may have a million. Never cuts a pair of surrogates. */
export function shorten(text: string, most: number): string {
  return text.length > most
    ? `${text
        .slice(0, most)
        .toWellFormed()
        .replace(/\uFFFD$/, '')}…`
    : text
}
