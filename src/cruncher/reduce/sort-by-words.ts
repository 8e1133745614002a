/** What is sorted: numbers of items, of which each has bytes to be compared, four at a time. */
export interface Words {
  /** Word `depth` of an item as a number from 0 to 2^32 - 1; zeros after its end. */
  word(item: number, depth: number): number
}

const FEW = 12

/**
 * Sorts items by their words: multikey quicksort (Bentley and Sedgewick 1997) with four bytes as a
 * character. Each item's word stands beside it while a range is parted, so keys are fetched once a
 * word and not once a comparison. No two items are equal, and none is the beginning of another.
 */
export class WordSorter {
  #words = new Uint32Array(0)
  #items: Int32Array = new Int32Array(0)
  /** `#words` begins at this item of `#items`. */
  #base = 0
  readonly #source: Words

  constructor(source: Words) {
    this.#source = source
  }

  /** Sorts `items` from `from` up to, not including, `to`. */
  sort(items: Int32Array, from: number, to: number): void {
    if (to - from < 2) return
    if (this.#words.length < to - from) this.#words = new Uint32Array(to - from)
    this.#items = items
    this.#base = from
    this.#fetch(from, to, 0)
    this.#sort(from, to, 0)
  }

  #fetch(from: number, to: number, depth: number): void {
    const items = this.#items
    for (let i = from; i < to; i++) {
      this.#words[i - this.#base] = this.#source.word(items[i] ?? 0, depth)
    }
  }

  #sort(first: number, end: number, depth: number): void {
    let from = first
    let to = end
    while (to - from > FEW) {
      const pivot = this.#pivot(from, to)
      const [less, more] = this.#part(from, to, pivot)
      if (more - less > 1) {
        this.#fetch(less, more, depth + 1)
        this.#sort(less, more, depth + 1)
      }
      // The smaller side by a call, the larger in this loop: so the stack stays small.
      if (less - from < to - more) {
        this.#sort(from, less, depth)
        from = more
      } else {
        this.#sort(more, to, depth)
        to = less
      }
    }
    this.#insert(from, to, depth)
  }

  /** Puts what is less than the pivot first, what is more last; returns the bounds of what is equal. */
  #part(from: number, to: number, pivot: number): [less: number, more: number] {
    const words = this.#words
    const base = this.#base
    let less = from
    let more = to
    for (let i = from; i < more; ) {
      const word = words[i - base] ?? 0
      if (word < pivot) this.#swap(less++, i++)
      else if (word > pivot) this.#swap(i, --more)
      else i++
    }
    return [less, more]
  }

  #swap(i: number, k: number): void {
    const item = this.#items[i] ?? 0
    this.#items[i] = this.#items[k] ?? 0
    this.#items[k] = item
    const word = this.#words[i - this.#base] ?? 0
    this.#words[i - this.#base] = this.#words[k - this.#base] ?? 0
    this.#words[k - this.#base] = word
  }

  /** Of three; of many, the median of three medians, so that sorted and nearly sorted input is cheap. */
  #pivot(from: number, to: number): number {
    const middle = from + ((to - from) >> 1)
    if (to - from < 200) return this.#median(from, middle, to - 1)
    const step = (to - from) >> 3
    const low = this.#median(from, from + step, from + 2 * step)
    const high = this.#median(to - 1 - 2 * step, to - 1 - step, to - 1)
    return median(low, this.#median(middle - step, middle, middle + step), high)
  }

  #median(a: number, b: number, c: number): number {
    const words = this.#words
    const base = this.#base
    return median(words[a - base] ?? 0, words[b - base] ?? 0, words[c - base] ?? 0)
  }

  #insert(from: number, to: number, depth: number): void {
    for (let i = from + 1; i < to; i++) {
      for (let k = i; k > from && this.#isBefore(k, k - 1, depth); k--) this.#swap(k, k - 1)
    }
  }

  #isBefore(i: number, k: number, depth: number): boolean {
    let word = this.#words[i - this.#base] ?? 0
    let other = this.#words[k - this.#base] ?? 0
    if (word !== other) return word < other
    const item = this.#items[i] ?? 0
    const otherItem = this.#items[k] ?? 0
    for (let next = depth + 1; word === other; next++) {
      word = this.#source.word(item, next)
      other = this.#source.word(otherItem, next)
    }
    return word < other
  }
}

function median(a: number, b: number, c: number): number {
  if (a < b) return b < c ? b : Math.max(a, c)
  return a < c ? a : Math.max(b, c)
}
