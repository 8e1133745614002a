import { crunchConfig } from '../../src/cruncher/config.ts'
import { prepare } from '../../src/cruncher/prepare.ts'

/** What `ferry crunch` makes of a configuration, writing nowhere. */
export const prepared = (
  config: object = {},
  more: Partial<Parameters<typeof prepare>[0]> = {},
): ReturnType<typeof prepare> =>
  prepare({
    config: crunchConfig.parse(config),
    routes: [],
    formats: [],
    stateDirectory: '',
    outputDirectory: undefined,
    outputUrl: undefined,
    hash: '',
    ...more,
  })
