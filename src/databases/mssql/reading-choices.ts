import { FerryError } from '../../core/errors.ts'
import { maskUrl } from '../../core/mask-url.ts'

/** How values are read that other engines have no counterpart of. */
export interface ReadingChoices {
  /**
   * Digits behind the second's sixth, which other engines do not keep: a value that has one is refused,
   * is cut to microseconds, or the whole column is text.
   */
  readonly seventhDigit: 'refuse' | 'cut' | 'text'
  /** The offset of a datetimeoffset: the moment is kept and shown in UTC, or all of it as text. */
  readonly offset: 'utc' | 'text'
}

/** What can be taken over at all is. */
export const PLAIN_CHOICES: ReadingChoices = { seventhDigit: 'refuse', offset: 'utc' }

/** By `?seventh_digit=` and `?offset=` of the URL. @throws FerryError CONFIG_INVALID */
export function readingChoices(url: string): ReadingChoices {
  const query = URL.parse(url.replace(/^(\w+):\/\/(?=\/|$)/, '$1://ferry-no-host'))?.searchParams
  const choose = <Choice extends string>(
    name: string,
    choices: readonly [Choice, ...Choice[]],
  ): Choice => {
    const wanted = query?.get(name) ?? query?.get(name.replace('_', '-')) ?? choices[0]
    const choice = choices.find(one => one === wanted)
    if (choice !== undefined) return choice
    throw new FerryError('CONFIG_INVALID', `\`${maskUrl(url)}\`: \`${wanted}\` is no \`${name}\``, {
      hint: `choose one of: ${choices.join(', ')}`,
    })
  }
  return {
    seventhDigit: choose('seventh_digit', ['refuse', 'cut', 'text']),
    offset: choose('offset', ['utc', 'text']),
  }
}
