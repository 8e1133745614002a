/**
 * The numbers of the lines in a box, which stand one below the other without a gap: the number of the first tells
 * all. Where a log has not been counted that far yet, the server is asked, and answers when it has.
 */
export class LineNumbers {
  readonly #box: HTMLElement
  readonly #log: Readonly<Record<string, string>>
  #first: number | undefined
  #isAsking = false

  constructor(box: HTMLElement, log: Readonly<Record<string, string>>) {
    this.#box = box
    this.#log = log
  }

  /** The box begins with another line than before; null: its number is not known. */
  begin(first: number | null): void {
    this.#first = first ?? undefined
    this.show()
  }

  /** The first line of the box has been taken out. */
  passFirst(): void {
    const next = this.#box.firstElementChild
    if (this.#first !== undefined && next !== null && !isContinued(next)) this.#first += 1
  }

  show(): void {
    if (this.#first === undefined) {
      void this.#ask()
      return
    }
    for (const [line, number] of this.#all()) {
      const link = line.firstElementChild
      const text = String(number)
      if (!(link instanceof HTMLAnchorElement) || link.textContent === text) continue
      link.textContent = text
      link.setAttribute('href', `#L${number}`)
    }
  }

  of(line: Element): number | undefined {
    for (const [one, number] of this.#all()) if (one === line) return number
    return undefined
  }

  find(wanted: number): Element | undefined {
    for (const [line, number] of this.#all()) if (number === wanted) return line
    return undefined
  }

  /** Lines with their numbers, without the pieces in which long ones go on. */
  *#all(): Generator<[Element, number]> {
    if (this.#first === undefined) return
    let number = this.#first
    for (const line of this.#box.children) {
      if (isContinued(line)) continue
      if (line !== this.#box.firstElementChild) number += 1
      yield [line, number]
    }
  }

  async #ask(): Promise<void> {
    const first = this.#box.firstElementChild
    if (this.#isAsking || first === null) return
    this.#isAsking = true
    try {
      const query = new URLSearchParams({ ...this.#log, at: String(byteOf(first)) })
      const response = await fetch(`/logs/number?${query.toString()}`)
      if (!response.ok) return // without numbers, then; places in bytes do as well
      const told = (await response.json()) as { readonly at: number; readonly number: number } // log-routes.ts
      const isStill = byteOf(this.#box.firstElementChild) === told.at
      if (isStill && this.#first === undefined) this.#first = told.number
    } catch {
      return // the server may be away
    } finally {
      this.#isAsking = false
    }
    this.show()
  }
}

/** Where a line begins, in bytes. */
export const byteOf = (line: Element | null): number => Number(line?.id.slice(1) ?? 0)

const isContinued = (line: Element): boolean => line.classList.contains('continued')
