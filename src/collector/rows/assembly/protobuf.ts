import {
  AT,
  collectionEnds,
  collectionStarts,
  MAX_PARAMETERS,
  MAX_PAYLOADS,
  NR,
  PARAMETER_BYTES,
  parameters,
  PARAMETERS_FROM,
  PARAMETERS_TO,
  PAYLOAD_BYTES,
  payloads,
  PRESENT,
  SIZE,
  TEXTS,
} from './layout'
import { body, setCollection } from './parsed'

const VARINT: u32 = 0
const BYTES: u32 = 2
const ENV: u32 = 6
const PAYLOADS: u32 = 15
const PARAMETERS: u32 = 9

let cursor: usize = 0
/** Something was not as nearly all clients write it. */
let isUnusual: bool = false

/**
 * Reads a Collection of so many bytes into the tables. False where it is cut off, or has what few have (unknown
 * fields, numbers of more than 53 bits): JavaScript reads that, and knows what to say of it.
 */
export function parseProtobuf(length: i32): bool {
  const end = body + length
  cursor = body
  isUnusual = false
  let present: u32 = 0
  let env: i32 = 0
  let count = 0
  let parameter = 0
  while (cursor < end) {
    const tag = readTag()
    const field = tag >> 3
    if ((tag & 7) == BYTES && field - 1 < PAYLOADS && field != ENV) {
      const stop = readEnd(end)
      if (isUnusual) return false
      if (field == PAYLOADS) {
        if (count == MAX_PAYLOADS) return false
        parameter = readPayload(payloads + <usize>count * PAYLOAD_BYTES, parameter, stop)
        if (parameter < 0) return false
        count++
      } else {
        store<i32>(collectionStarts + (field << 2), <i32>cursor)
        store<i32>(collectionEnds + (field << 2), <i32>stop)
        present |= 1 << field
      }
      cursor = stop
    } else if (tag == ((ENV << 3) | VARINT)) {
      const value = readVarint(end)
      if (value > 11) return false
      env = <i32>value
      present |= 1 << ENV
    } else return false
  }
  setCollection(present, env, count)
  return !isUnusual
}

/** Returns the number of parameters so far, or -1. */
function readPayload(at: usize, firstParameter: i32, end: usize): i32 {
  let present: u32 = 0
  let parameter = firstParameter
  store<i32>(at, <i32>(end - cursor), SIZE)
  store<i32>(at, parameter, PARAMETERS_FROM)
  while (cursor < end) {
    const tag = readTag()
    const field = tag >> 3
    const type = tag & 7
    if (type == BYTES && field == PARAMETERS) {
      const stop = readEnd(end)
      if (isUnusual || parameter == MAX_PARAMETERS) return -1
      if (!readParameter(parameters + <usize>parameter * PARAMETER_BYTES, stop)) return -1
      parameter++
      cursor = stop
    } else if (type == BYTES && (field == 2 || field - 4 < 5)) {
      const stop = readEnd(end)
      if (isUnusual) return -1
      const text = at + (field << 3)
      store<i32>(text, <i32>cursor, TEXTS)
      store<i32>(text, <i32>stop, TEXTS + 4)
      present |= 1 << field
      cursor = stop
    } else if (type == VARINT && field == 1) {
      store<u64>(at, readVarint(end), AT)
      present |= 1 << 1
    } else if (type == VARINT && field == 3) {
      store<u64>(at, readVarint(end), NR)
      present |= 1 << 3
    } else return -1
    if (isUnusual) return -1
  }
  store<u32>(at, present, PRESENT)
  store<i32>(at, parameter, PARAMETERS_TO)
  return parameter
}

function readParameter(at: usize, end: usize): bool {
  let present: u32 = 0
  while (cursor < end) {
    const tag = readTag()
    const field = tag >> 3
    if ((tag & 7) != BYTES || field - 1 > 1) return false
    const stop = readEnd(end)
    if (isUnusual) return false
    store<i32>(at + ((field - 1) << 3), <i32>cursor)
    store<i32>(at + ((field - 1) << 3), <i32>stop, 4)
    present |= field
    cursor = stop
  }
  return present == 3
}

/** Of the fields that are known here, one byte. */
@inline
function readTag(): u32 {
  const tag = load<u8>(cursor++)
  if (tag >= 128) isUnusual = true
  return tag
}

/** Where the value ends that starts after its length. */
@inline
function readEnd(end: usize): usize {
  const length = readVarint(end)
  if (length > <u64>(end - cursor)) isUnusual = true
  return cursor + <usize>length
}

@inline
function readVarint(end: usize): u64 {
  if (cursor < end) {
    const byte = load<u8>(cursor)
    if (byte < 128) {
      cursor++
      return byte
    }
  }
  return readLongVarint(end)
}

/** Up to 49 bits: all that is not refused. */
function readLongVarint(end: usize): u64 {
  let value: u64 = 0
  for (let shift: u64 = 0; shift < 49; shift += 7) {
    if (cursor >= end) break
    const byte = load<u8>(cursor++)
    value |= <u64>(byte & 127) << shift
    if (byte < 128) return value
  }
  isUnusual = true
  return 0
}
