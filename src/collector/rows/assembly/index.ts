/** What JavaScript calls; see `../row-machine.ts`. */
export { clientAddress, MAX_ADDRESS, receivedAt } from './layout'
export { body, made, MAX_BODY, MAX_MADE, payloadCount } from './parsed'
export {
  environmentBytes,
  environments,
  isComplete,
  makeRows,
  setAddressBytes,
  setIpPolicy,
} from './rows'
export { parseProtobuf } from './protobuf'
export { addName, name } from './names'
export { parseJson } from './json'
