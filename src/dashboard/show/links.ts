/** Addresses of pages about one thing; every part is encoded. */
export const logLink = (date: string, target: string, commandId?: string | null): string =>
  address('/logs/view', { date, target, command: commandId ?? undefined })

export const graphLink = (date: string, focus: string): string => address('/graph', { date, focus })

export function address(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(query).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  )
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`
}
