/**
 * The fields of one message, by number: where each text lies in the source, and the numbers
 * themselves. Used again for each message, so that none is allocated.
 */
export class FieldTable {
  readonly starts: Int32Array
  readonly ends: Int32Array
  readonly numbers: Float64Array
  /** Of all texts, in bytes; of one that came twice, both are counted. */
  size = 0
  #present = 0

  /** `last` is the highest field number, at most 30. */
  constructor(last: number) {
    this.starts = new Int32Array(last + 1)
    this.ends = new Int32Array(last + 1)
    this.numbers = new Float64Array(last + 1)
  }

  clear(): void {
    this.#present = 0
    this.size = 0
  }

  set(field: number, start: number, end: number): void {
    this.size += end - start
    this.starts[field] = start
    this.ends[field] = end
    this.#present |= 1 << field
  }

  setNumber(field: number, value: number): void {
    this.numbers[field] = value
    this.#present |= 1 << field
  }

  has(field: number): boolean {
    return (this.#present & (1 << field)) !== 0
  }

  /** Whether all fields of a mask (one bit a field number) are there. */
  hasAll(mask: number): boolean {
    return (this.#present & mask) === mask
  }
}

/** The parameters of one event: where name and value lie in the source. */
export class ParameterTable {
  /** Four places each: name's start and end, value's start and end. */
  places = new Int32Array(64)
  length = 0

  clear(): void {
    this.length = 0
  }

  push(name: number, nameEnd: number, value: number, valueEnd: number): void {
    let at = this.length
    if (at + 4 > this.places.length) this.#grow()
    const { places } = this
    places[at++] = name
    places[at++] = nameEnd
    places[at++] = value
    places[at++] = valueEnd
    this.length = at
  }

  #grow(): void {
    const grown = new Int32Array(this.places.length * 2)
    grown.set(this.places)
    this.places = grown
  }
}
