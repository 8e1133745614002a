/** The tables of a warehouse with their columns, to be read and to be put into a question. */
export function showTables(
  place: HTMLElement,
  schema: Readonly<Record<string, readonly string[]>>,
  onChoice: (table: string) => void,
): void {
  // Ferry's own books are nobody's question.
  const names = Object.keys(schema)
    .filter(name => !name.startsWith('_ferry.'))
    .sort()
  if (names.length === 0) {
    say(place, 'There is no table in it yet.')
    return
  }
  const list = document.createElement('ul')
  list.className = 'plain-list'
  for (const name of names) {
    const item = document.createElement('li')
    const details = document.createElement('details')
    const summary = document.createElement('summary')
    summary.className = 'target'
    summary.textContent = name
    const columns = document.createElement('p')
    columns.className = 'quiet target'
    columns.textContent = schema[name]?.join(', ') ?? ''
    const ask = document.createElement('button')
    ask.type = 'button'
    ask.textContent = 'Look at it'
    ask.setAttribute('aria-label', `Look at it: ${name}`)
    ask.addEventListener('click', () => onChoice(name))
    details.append(summary, columns, ask)
    item.append(details)
    list.append(item)
  }
  place.replaceChildren(list)
}

/** A sentence in their place. */
export function say(place: HTMLElement, text: string): void {
  const told = document.createElement('p')
  told.className = 'quiet'
  told.textContent = text
  place.replaceChildren(told)
}
