export interface Box {
  readonly name: string
  readonly width: number
  readonly height: number
}

export interface PlacedBox extends Box {
  /** Its upper left corner. */
  readonly x: number
  readonly y: number
}

export interface Layout {
  readonly width: number
  readonly height: number
  readonly boxes: readonly PlacedBox[]
  readonly lines: readonly (readonly { readonly x: number; readonly y: number }[])[]
}

export interface Edge {
  readonly from: string
  readonly to: string
}
