import { basename, join } from 'node:path'
import * as z from 'zod'
import { readIfPresent } from '../core/atomic-write.ts'
import { readLoosely } from '../core/config-file.ts'
import { logicalDateAt } from '../core/logical-date.ts'
import { notifyConfig } from '../flow/config.ts'
import { tellStop } from '../flow/night-stop.ts'
import type { CommandContext } from './command.ts'
import { findProject, projectConfig } from './project.ts'

/** What a report needs, taken from a ferry.yaml that is refused: each value is there when it is sound. */
const soundParts = z.object({
  name: z.string().optional().catch(undefined),
  timezone: projectConfig.shape.timezone.catch('UTC'),
  run: z
    .object({
      notify: notifyConfig.partial().optional().catch(undefined),
      max_attempts: z.int().catch(0),
    })
    .catch({ max_attempts: 0 }),
})

/** Tells those whom ferry.yaml names that the night cannot begin, as ferry.yaml is refused. */
export async function tellUnreadable(
  refusal: unknown,
  date: string | undefined,
  { directory, environment, clock, logger }: CommandContext,
): Promise<void> {
  const project = findProject(directory)
  if (project === undefined) return
  const file = join(project, 'ferry.yaml')
  const text = await readIfPresent(file).catch(() => '') // that it cannot be read is what is told
  const sound = soundParts.safeParse(readLoosely({ file, text: text ?? '', environment }))
  if (!sound.success) return
  const { name = basename(project), timezone, run } = sound.data
  const night = {
    project: name,
    date: date ?? logicalDateAt(clock.now(), timezone),
    attempt: 0,
    max_attempts: run.max_attempts,
  }
  await tellStop(refusal, night, { ...run.notify, directory: project, environment, logger })
}
