import type { Engine } from '../databases/engine.ts'
import type { SourceAccess } from './source-access.ts'
import type { SourceSettings } from './source-settings.ts'
import { takeMoment } from './take-moment.ts'
import type { TableTask } from './table-task.ts'

/** A moment that this process takes by itself. */
export async function ownAccess(
  engine: Engine,
  settings: SourceSettings,
  tasks: readonly TableTask[],
  slots: number,
): Promise<SourceAccess> {
  const { snapshot, moment } = await takeMoment(engine, settings, tasks, slots)
  return {
    moment,
    slots,
    signal: settings.signal,
    finish: () => {},
    reader: () => snapshot.reader(),
    [Symbol.asyncDispose]: () => snapshot[Symbol.asyncDispose](),
  }
}
