import {
  AT,
  clientAddress,
  NR,
  PARAMETER_BYTES,
  parameters,
  PARAMETERS_FROM,
  PARAMETERS_TO,
  PAYLOAD_BYTES,
  payloads,
  PRESENT,
  RECEIVED_AT_BYTES,
  receivedAt,
  shared,
  SIZE,
  TEXTS,
  WORST_GROWTH,
} from './layout'
import { putInteger, putTime } from './numbers'
import { env, made, MAX_MADE, payloadCount, present } from './parsed'
import { endOf, hasRoom, isSessionRight, startOf } from './session'
import { clearBroken, copy, copyField, copyJsonText, isBroken, ROW_END, SEPARATOR } from './texts'

const ALL_OF_COLLECTION: u32 = 0b1111110
const ALL_OF_PAYLOAD: u32 = 0b1110
/** 9999-12-31 */
const LAST_SECOND: u64 = 253_402_300_799
const LAST_NR: u64 = 0xffff_ffff

const EVENT: usize = 2
const TIMEZONE: usize = 4
const TENANT: usize = 5
const USER: usize = 6
const IP: usize = 7
const COUNTRY: usize = 8

const KEEP: i32 = 0
const MASK: i32 = 1
let ipPolicy: i32 = KEEP
let addressBytes: i32 = 0

/** Names of environments, 24 bytes each, and how long each is. */
export const environments: usize = memory.data(12 * 24 + 32, 16)
export const environmentBytes: usize = memory.data(12)

/** Constant pieces around parameters; all fit into one vector. */
const OPEN: usize = memory.data<u8>([34, 91, 123, 34, 34, 110, 97, 109, 101, 34, 34, 58, 34, 34, 0, 0], 16)
const OPEN_BYTES: usize = 14
const BETWEEN: usize = memory.data<u8>([34, 34, 44, 34, 34, 118, 97, 108, 117, 101, 34, 34, 58, 34, 34, 0], 16)
const BETWEEN_BYTES: usize = 15
const NEXT: usize = memory.data<u8>([34, 34, 125, 44, 123, 34, 34, 110, 97, 109, 101, 34, 34, 58, 34, 34], 16)
const NEXT_BYTES: usize = 16
const CLOSE: usize = memory.data<u8>([34, 34, 125, 93, 34, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 16)
const CLOSE_BYTES: usize = 5
/** What a parameter has besides its texts. */
const AROUND_PARAMETER: i32 = 36
/** What a row has besides texts: numbers, times, separators, the address. */
const AROUND_ROW: i32 = 192

/** 0: addresses are kept, 1: masked, 2: dropped. */
export function setIpPolicy(policy: i32): void {
  ipPolicy = policy
}

/** The client's address, as it is stored, is in `clientAddress`. */
export function setAddressBytes(length: i32): void {
  addressBytes = length
}

/** What `makeRows` would refuse, of what was read. */
export function isComplete(): bool {
  if ((present & ALL_OF_COLLECTION) != ALL_OF_COLLECTION || !hasRoom(present)) return false
  for (let i = 0; i < payloadCount; i++) {
    const payload = payloads + <usize>i * PAYLOAD_BYTES
    if ((load<u32>(payload, PRESENT) & ALL_OF_PAYLOAD) != ALL_OF_PAYLOAD) return false
    if (load<u64>(payload, AT) > LAST_SECOND || load<u64>(payload, NR) > LAST_NR) return false
  }
  return isSessionRight()
}

/** Makes the rows of what was read, numbered from `first`; returns how many bytes, or -1 where JavaScript has to. */
export function makeRows(first: f64): i32 {
  clearBroken()
  let piece = putShared(1, shared)
  piece = putShared(2, piece)
  const ofNr = putShared(3, piece)
  piece = separate(ofNr)
  const name = <usize>env
  piece = separate(copy(environments + name * 24, load<u8>(environmentBytes + name), piece))
  piece = putShared(4, piece)
  const ofAt = putShared(5, piece)
  piece = separate(ofAt)
  for (let field = 7; field < 15; field++) piece = putShared(field, piece)
  const limit = made + MAX_MADE
  let sequence = <u64>first
  let to = made
  for (let i = 0; i < payloadCount; i++) {
    const payload = payloads + <usize>i * PAYLOAD_BYTES
    const count = load<i32>(payload, PARAMETERS_TO) - load<i32>(payload, PARAMETERS_FROM)
    const most =
      <i32>(piece - shared) +
      load<i32>(payload, SIZE) * WORST_GROWTH +
      count * AROUND_PARAMETER +
      AROUND_ROW
    if (to + most > limit) return -1
    to = copy(shared, <i32>(ofNr - shared), to)
    to = copy(ofNr, <i32>(ofAt - ofNr), putInteger(load<u64>(payload, NR), to))
    to = separate(putTime(load<u64>(payload, AT), to))
    to = separate(putText(payload, TIMEZONE, to))
    to = putText(payload, EVENT, to)
    to = copy(ofAt, <i32>(piece - ofAt), to)
    to = separate(putText(payload, USER, to))
    to = separate(putText(payload, TENANT, to))
    to = putAddress(payload, to)
    if (to == 0) return -1
    to = separate(putText(payload, COUNTRY, separate(to)))
    if (count > 0) to = putParameters(payload, to)
    to = separate(copy(receivedAt, RECEIVED_AT_BYTES, separate(to)))
    to = putInteger(sequence++, to)
    store<u8>(to++, ROW_END)
  }
  return isBroken ? -1 : <i32>(to - made)
}

@inline
function separate(to: usize): usize {
  store<u8>(to, SEPARATOR)
  return to + 1
}

@inline
function putShared(field: i32, to: usize): usize {
  if ((present & (1 << field)) == 0) return separate(to)
  return separate(copyField(startOf(field), endOf(field), to))
}

@inline
function putText(payload: usize, field: usize, to: usize): usize {
  if ((load<u32>(payload, PRESENT) & (1 << <u32>field)) == 0) return to
  const text = payload + (field << 3)
  return copyField(load<i32>(text, TEXTS), load<i32>(text, TEXTS + 4), to)
}

function putParameters(payload: usize, start: usize): usize {
  const end = parameters + <usize>load<i32>(payload, PARAMETERS_TO) * PARAMETER_BYTES
  let to = start
  let at = parameters + <usize>load<i32>(payload, PARAMETERS_FROM) * PARAMETER_BYTES
  v128.store(to, v128.load(OPEN))
  to += OPEN_BYTES
  while (true) {
    to = copyJsonText(load<i32>(at), load<i32>(at, 4), to)
    v128.store(to, v128.load(BETWEEN))
    to = copyJsonText(load<i32>(at, 8), load<i32>(at, 12), to + BETWEEN_BYTES)
    at += PARAMETER_BYTES
    if (at == end) break
    v128.store(to, v128.load(NEXT))
    to += NEXT_BYTES
  }
  v128.store(to, v128.load(CLOSE))
  return to + CLOSE_BYTES
}

/** 0 where the address is none of IPv4 and has to be masked. */
function putAddress(payload: usize, to: usize): usize {
  if (ipPolicy > MASK) return to
  if ((load<u32>(payload, PRESENT) & (1 << <u32>IP)) == 0) return copy(clientAddress, addressBytes, to)
  if (ipPolicy == KEEP) return putText(payload, IP, to)
  const text = payload + (IP << 3)
  const start = load<i32>(text, TEXTS)
  const network = networkEnd(start, load<i32>(text, TEXTS + 4))
  if (network == 0) return 0
  const end = copy(start, <i32>(network - start), to)
  store<u16>(end, 0x302e) // .0
  return end + 2
}

/** Where the first three numbers of an IPv4 address end, or 0 where it is none. */
function networkEnd(start: usize, end: usize): usize {
  let part = 0
  let digits = 0
  let value: u32 = 0
  let network: usize = 0
  for (let at = start; at < end; at++) {
    const byte = load<u8>(at)
    if (byte == 0x2e) {
      if (digits == 0 || ++part > 3) return 0
      if (part == 3) network = at
      digits = 0
      value = 0
    } else {
      const digit = <u32>(byte - 0x30)
      value = value * 10 + digit
      if (digit > 9 || ++digits > 3 || value > 255) return 0
    }
  }
  return part == 3 && digits > 0 ? network : 0
}
