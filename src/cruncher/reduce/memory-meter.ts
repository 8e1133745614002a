/** What the tables of a reducer take together, in bytes that are really used. */
export class MemoryMeter {
  used = 0
}
