/** A place in bytes; one object is filled again for each line. From `from`, up to before `to`; empty: absent. */
export interface ByteSlice {
  readonly bytes: Uint8Array
  readonly from: number
  readonly to: number
}
