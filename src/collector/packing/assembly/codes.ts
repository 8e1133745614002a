/** Symbols that come at all: how often, from bit 16 on, and which; then how long their codes are. */
const used: usize = memory.data(288 * 8, 16)
const work: usize = memory.data(288 * 4, 16)
const ofLength: usize = memory.data(64 * 4, 16)
const nextCode: usize = memory.data(17 * 4, 16)

@inline
function get(table: usize, at: i32): i32 {
  return load<i32>(table + (<usize>at << 2))
}

@inline
function set(table: usize, at: i32, value: i32): void {
  store<i32>(table + (<usize>at << 2), value)
}

/**
 * Makes the codes of `symbols` symbols by how often each comes, none longer than `longest` bits. Codes have their
 * bits in the order in which they are written, and how many from bit 24 on; 0 where a symbol does not come.
 * Lengths by Moffat and Katajainen, in place (In-Place Calculation of Minimum-Redundancy Codes, 1995).
 * @see https://www.rfc-editor.org/rfc/rfc1951#section-3.2.2
 */
export function makeCodes(counts: usize, symbols: i32, longest: i32, codes: usize): void {
  const n = sortUsed(counts, symbols)
  memory.fill(codes, 0, symbols << 2)
  memory.fill(ofLength, 0, 64 << 2)
  if (n == 1) set(ofLength, 1, 1)
  else if (n > 1) {
    findDepths(n)
    for (let i = 0; i < n; i++) {
      const depth = min(get(work, i), longest)
      set(ofLength, depth, get(ofLength, depth) + 1)
    }
    shorten(longest)
  }
  // The most frequent come last, and have the shortest codes.
  let at = n
  for (let length = 1; length <= longest; length++) {
    for (let left = get(ofLength, length); left > 0; left--) {
      const symbol = <i32>load<u64>(used + (<usize>--at << 3)) & 0xffff
      set(codes, symbol, length << 24)
    }
  }
  let code = 0
  for (let length = 1; length <= longest; length++) {
    code = (code + get(ofLength, length - 1)) << 1
    set(nextCode, length, code)
  }
  for (let symbol = 0; symbol < symbols; symbol++) {
    const length = get(codes, symbol) >> 24
    if (length == 0) continue
    const value = get(nextCode, length)
    set(nextCode, length, value + 1)
    set(codes, symbol, (length << 24) | reversed(value, length))
  }
}

/** The symbols that come, the rarest first; how many. */
function sortUsed(counts: usize, symbols: i32): i32 {
  let n = 0
  for (let symbol = 0; symbol < symbols; symbol++) {
    const count = get(counts, symbol)
    if (count == 0) continue
    const entry = (<u64>count << 16) | <u64>symbol
    let at = n++
    for (; at > 0; at--) {
      const before = load<u64>(used + (<usize>(at - 1) << 3))
      if (before < entry) break
      store<u64>(used + (<usize>at << 3), before)
    }
    store<u64>(used + (<usize>at << 3), entry)
  }
  for (let i = 0; i < n; i++) set(work, i, <i32>(load<u64>(used + (<usize>i << 3)) >> 16))
  return n
}

/** Turns `n` counts in `work`, the smallest first, into lengths of codes. */
function findDepths(n: i32): void {
  // Trees are joined: sums first, then each place has the number of its parent.
  let leaf = 0
  let root = 0
  for (let next = 0; next < n - 1; next++) {
    let sum = 0
    for (let child = 0; child < 2; child++) {
      if (leaf >= n || (root < next && get(work, root) < get(work, leaf))) {
        sum += get(work, root)
        set(work, root++, next)
      } else sum += get(work, leaf++)
    }
    set(work, next, sum)
  }
  // Parents become depths.
  set(work, n - 2, 0)
  for (let next = n - 3; next >= 0; next--) set(work, next, get(work, get(work, next)) + 1)
  // Depths of inner places become those of leaves.
  let available = 1
  let inner = 0
  let depth = 0
  root = n - 2
  let next = n - 1
  while (available > 0) {
    while (root >= 0 && get(work, root) == depth) {
      inner++
      root--
    }
    while (available > inner) {
      set(work, next--, depth)
      available--
    }
    available = 2 * inner
    depth++
    inner = 0
  }
}

/** Lengthens codes until those that were cut to the longest length have room. */
function shorten(longest: i32): void {
  let total = 0
  for (let length = 1; length <= longest; length++) {
    total += get(ofLength, length) << (longest - length)
  }
  for (; total > 1 << longest; total--) {
    set(ofLength, longest, get(ofLength, longest) - 1)
    for (let length = longest - 1; length > 0; length--) {
      if (get(ofLength, length) == 0) continue
      set(ofLength, length, get(ofLength, length) - 1)
      set(ofLength, length + 1, get(ofLength, length + 1) + 2)
      break
    }
  }
}

function reversed(value: i32, length: i32): i32 {
  let rest = value
  let result = 0
  for (let i = 0; i < length; i++) {
    result = (result << 1) | (rest & 1)
    rest >>= 1
  }
  return result
}
