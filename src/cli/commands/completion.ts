import { FerryError } from '../../core/errors.ts'
import { defineCommand, text } from '../command.ts'
import { completionScript } from '../completion-script.ts'
import { COMMANDS_WITH_WORDS, completionWords } from '../completion-words.ts'

export default defineCommand({
  name: 'completion',
  summary: 'print the completion script of a shell',
  description: `It completes commands and options, targets after \`ferry run\`, models after \`ferry model\`, the
project's stores where objects are meant, and files elsewhere.`,
  arguments: [{ name: 'shell', description: 'bash, zsh or fish' }],
  options: {
    words: text('COMMAND', 'print what can follow a command; the script calls it', {
      hidden: true,
    }),
  },
  examples: [
    'ferry completion bash > /etc/bash_completion.d/ferry',
    'source <(ferry completion zsh)',
    'ferry completion fish > ~/.config/fish/completions/ferry.fish',
  ],
  async run({ args, options, context }) {
    if (options.words !== undefined) {
      const words = await completionWords(options.words, context)
      context.stdout.write(words.map(word => `${word}\n`).join(''))
      return 0
    }
    const commands = await context.allCommands()
    const script = completionScript(args[0] ?? '', commands, COMMANDS_WITH_WORDS)
    if (script === undefined) {
      throw new FerryError('USAGE', `no completion for the shell \`${args[0] ?? ''}\``, {
        hint: 'choose bash, zsh or fish',
      })
    }
    context.stdout.write(script)
    return 0
  },
})
