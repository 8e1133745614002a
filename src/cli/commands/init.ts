import { basename, relative, resolve } from 'node:path'
import { createProject } from '../../flow/project-template/create-project.ts'
import { defineCommand, text } from '../command.ts'

export default defineCommand({
  name: 'init',
  summary: 'make a project that runs',
  description: `Writes a small project: ferry.yaml, a makefile, two models that need no source, a script. Files that
are there already stay as they are.`,
  arguments: [{ name: 'dir', description: "the project's folder", required: true }],
  options: { name: text('NAME', "the project's name (default: the folder's)") },
  examples: ['ferry init my-project', 'ferry init . --name wunderbar'],
  async run({ args: [folder = '.'], options, context }) {
    const directory = resolve(context.directory, folder)
    const files = await createProject(directory, options.name ?? (basename(directory) || 'project'))
    for (const { path, made } of files) {
      context.stdout.write(made ? `made  ${path}\n` : `kept  ${path} (it was there)\n`)
    }
    const way = relative(context.directory, directory)
    const next = [
      ...(way === ''
        ? []
        : [`cd ${/^[\w./-]+$/.test(way) ? way : `'${way.replaceAll("'", `'\\''`)}'`}`]),
      'ferry run',
      'cat results/*/report.txt',
      ...(way === '' ? ['ferry lint'] : []),
    ]
    context.stdout.write(`\nnext:\n${next.map(line => `  ${line}\n`).join('')}`)
    return 0
  },
})
