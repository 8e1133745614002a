import { FerryError } from '../../core/errors.ts'
import { defineCommand } from '../command.ts'
import { completionScript } from '../completion-script.ts'

export default defineCommand({
  name: 'completion',
  summary: 'print the completion script of a shell',
  arguments: [{ name: 'shell', description: 'bash, zsh or fish', required: true }],
  options: {},
  examples: ['ferry completion bash > /etc/bash_completion.d/ferry'],
  async run({ args, context }) {
    const script = completionScript(args[0] ?? '', await context.allCommands())
    if (script === undefined) {
      throw new FerryError('USAGE', `no completion for the shell \`${args[0]}\``, {
        hint: 'choose bash, zsh or fish',
      })
    }
    context.stdout.write(script)
    return 0
  },
})
