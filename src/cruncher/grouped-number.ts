/** `1,234,567`. Without Intl, which takes 15 ms to come up. */
export const grouped = (value: number): string => String(value).replaceAll(/\B(?=(\d{3})+$)/g, ',')
