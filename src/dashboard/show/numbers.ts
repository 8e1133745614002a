const format = new Intl.NumberFormat('en-US')

/** `248,339`. */
export const count = (value: number): string => format.format(value)

/** `1 target`, `12 targets`. */
export const counted = (value: number, noun: string): string =>
  `${count(value)} ${noun}${value === 1 ? '' : 's'}`
