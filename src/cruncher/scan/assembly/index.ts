/** What JavaScript calls; see `../scanner.ts`. */
export { kinds, nameFrom, nameTo, places, signs, valueFrom, valueTo } from './layout'
export { lineEnd } from './bytes'
export { addShape, clearShapes, memberCount } from './shapes'
export { scanObject } from './json'
export { scanPairs, setNameByte } from './pairs'
export { scanAccess } from './access'
/** The first address behind the tables. */
export const end: usize = __heap_base
