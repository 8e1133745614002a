import type { ProjectConfig } from '../project.ts'

/** The warehouse that a mirrored table is proven in: the first that it is loaded into. */
export function provenWarehouse({ warehouses, load }: ProjectConfig, name: string): string {
  const [first = ''] = Object.keys(warehouses)
  return load.tables[name]?.into?.[0] ?? load.into?.[0] ?? first
}
