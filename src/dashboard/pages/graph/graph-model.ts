import type { TargetState } from '../../nights/night.ts'

export interface GraphModel {
  readonly date: string
  readonly focus: string | null
  readonly all: boolean
  readonly open: readonly string[]
  readonly targets: number
  /** False when the night left no graph: a make by hand, or an older Ferry. */
  readonly isKnown: boolean
  readonly nodes: readonly GraphNodeModel[]
  readonly edges: readonly { readonly from: string; readonly to: string }[]
}

export interface GraphNodeModel {
  readonly name: string
  readonly isGroup: boolean
  readonly state: TargetState
  /** How many targets it stands for, in all and by state. */
  readonly size: number
  readonly counts: Readonly<Record<TargetState, number>>
  readonly ms: number | null
}
