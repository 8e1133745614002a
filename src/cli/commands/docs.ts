import { basename, resolve } from 'node:path'
import { writeFileAtomically } from '../../core/atomic-write.ts'
import { loadModels } from '../../models/load-models.ts'
import { readLastStates } from '../../models/page/last-states.ts'
import { renderModelsPage } from '../../models/page/models-page.ts'
import { defineCommand, text } from '../command.ts'
import { modelProject } from '../model-project.ts'
import { openProject } from '../project.ts'

export default defineCommand({
  name: 'docs',
  summary: 'write a page of all models: SQL, columns, checks, graph',
  description:
    'One HTML file that needs no network. Columns, rows and the state of checks are those of the ' +
    'last nights; no warehouse is asked.',
  options: {
    output: text('FILE', 'where to write it (default: docs/models.html of the project)', {
      short: 'o',
    }),
  },
  examples: ['ferry docs', 'ferry docs --output /var/www/models.html'],
  async run({ options, context }) {
    const { directory, environment, logger } = context
    const project = await openProject(directory, environment)
    const { models } = await loadModels(modelProject(project))
    const page = renderModelsPage({
      title: project.config.name ?? basename(project.directory),
      models,
      states: await readLastStates(project.directory),
    })
    const path =
      options.output === undefined
        ? resolve(project.directory, 'docs/models.html')
        : resolve(directory, options.output)
    await writeFileAtomically(path, page)
    logger.info(`${path}: ${models.length} models`)
    return 0
  },
})
