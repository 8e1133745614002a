import { defineCommand } from '../command.ts'
import { refreshRules } from '../project-rules.ts'

export default defineCommand({
  name: 'rules',
  summary: "write make's rules from ferry.yaml and the models",
  description:
    'Writes .ferry/rules.mk, which the makefile includes. make calls this itself when ferry.yaml or a model has changed.',
  options: {},
  examples: ['ferry rules'],
  async run({ context }) {
    const { path, changed } = await refreshRules(context.directory, context.environment)
    context.logger.debug(`${path} ${changed ? 'is written' : 'was up to date'}`)
    return 0
  },
})
