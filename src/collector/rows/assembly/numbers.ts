/** A whole number in decimal. */
export function putInteger(value: u64, to: usize): usize {
  if (value < 100_000_000) return putDigits(<u32>value, digitsOf(<u32>value), to)
  const high = value / 100_000_000
  return putDigits(<u32>(value - high * 100_000_000), 8, putInteger(high, to))
}

@inline
function putDigits(value: u32, digits: i32, to: usize): usize {
  let rest = value
  for (let at = to + digits; at > to; ) {
    const next = rest / 10
    store<u8>(--at, <u8>(0x30 + rest - next * 10))
    rest = next
  }
  return to + digits
}

@inline
function digitsOf(value: u32): i32 {
  let digits = 1
  for (let power: u32 = 10; power <= value; power *= 10) digits++
  return digits
}

@inline
function putPair(value: u32, to: usize): usize {
  const tens = value / 10
  store<u8>(to, <u8>(0x30 + tens))
  store<u8>(to + 1, <u8>(0x30 + value - tens * 10))
  return to + 2
}

/** Seconds since 1970, up to the year 9999, as `2026-03-01 23:59:59`. @see RFC 3339; Hinnant, chrono-compatible low-level date algorithms */
export function putTime(seconds: u64, to: usize): usize {
  const day = <u32>(seconds / 86_400)
  const ofDay = <u32>(seconds - <u64>day * 86_400)
  // Years begin in March, so that the day that some have comes last; eras of 400 years are all alike.
  const shifted = day + 719_468
  const era = shifted / 146_097
  const ofEra = shifted - era * 146_097
  const yearOfEra = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365
  const ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  const fromMarch = (5 * ofYear + 2) / 153
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  let at = putPair(year % 100, putPair(year / 100, to))
  store<u8>(at++, 0x2d)
  at = putPair(month, at)
  store<u8>(at++, 0x2d)
  at = putPair(ofYear - (153 * fromMarch + 2) / 5 + 1, at)
  store<u8>(at++, 0x20)
  at = putPair(ofDay / 3_600, at)
  store<u8>(at++, 0x3a)
  at = putPair((ofDay / 60) % 60, at)
  store<u8>(at++, 0x3a)
  return putPair(ofDay % 60, at)
}
