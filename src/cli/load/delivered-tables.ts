import type { DeliveredTable } from '../../loader/rules.ts'
import { tasksOf } from '../../mirror/table-task.ts'
import { tablesOf } from '../../pull/table-plan.ts'
import type { ProjectConfig } from '../project.ts'

/** The tables that sources of ferry.yaml deliver, and that are loaded by `ferry load`. */
export function deliveredTables({
  sources,
  pull,
}: Pick<ProjectConfig, 'sources' | 'pull'>): readonly DeliveredTable[] {
  const mirrored = Object.entries(sources).flatMap(([source, config]) =>
    tasksOf(source, config).map(({ name }): DeliveredTable => ({ name, from: 'mirror' })),
  )
  const pulled = Object.entries(pull).flatMap(([source, config]) => {
    // What streams a tap has is known when it has run: those that are named have targets.
    const names =
      config.singer === undefined
        ? tablesOf(source, config).map(({ name }) => name)
        : Object.keys(config.tables).map(table => `${source}.${table}`)
    return names.map((name): DeliveredTable => ({ name, from: 'pull' }))
  })
  return [...mirrored, ...pulled]
}
