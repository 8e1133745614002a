import { Argument as Operand, Command as Program, CommanderError, Option as Flag } from 'commander'
import { FerryError } from '../core/errors.ts'
import { nearestName } from '../core/nearest.ts'
import type { Command, CommandContext, Option } from './command.ts'
import { COMMANDS } from './commands.ts'

/** The text of `ferry --help`. */
export function overview(): string {
  const names = Object.keys(COMMANDS).filter(name => COMMANDS[name]?.hidden !== true)
  const width = Math.max(...names.map(name => name.length))
  const rows = names.map(name => `  ${name.padEnd(width)}  ${COMMANDS[name]?.summary ?? ''}`)
  return `ferry: the data stack of a small company, on make, cron, SQL and plain files

usage: ferry COMMAND [OPTION...] [ARGUMENT...]

${rows.join('\n')}

  ferry COMMAND --help   what a command does, its options and examples
  ferry --version        the version
`
}

/** Every command that a user may call, loaded. */
export async function loadAllCommands(): Promise<readonly Command[]> {
  const entries = Object.values(COMMANDS).filter(entry => entry.hidden !== true)
  return Promise.all(entries.map(async entry => (await entry.load()).default))
}

/** Parses the command line of one command and runs it. Returns the exit code, or throws. */
export async function runCommand(
  name: string,
  argv: readonly string[],
  context: CommandContext,
): Promise<number> {
  const entry = COMMANDS[name]
  if (entry === undefined) {
    const near = nearestName(name, Object.keys(COMMANDS))
    throw new FerryError('USAGE', `no command \`${name}\``, {
      hint: near === undefined ? 'ferry --help lists them' : `did you mean: ferry ${near}`,
    })
  }
  const command = (await entry.load()).default
  const program = declare(command, context)
  let exitCode = 0
  program.action(async () => {
    exitCode = await command.run({
      args: program.args,
      options: readOptions(command, program.opts()),
      context,
    })
  })
  try {
    await program.parseAsync([...argv], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return 0 // --help was printed
    throw new FerryError('USAGE', error.message.replace(/^error: /, ''), {
      hint: `ferry ${command.name} --help shows what it takes`,
      cause: error,
    })
  }
  return exitCode
}

function declare(command: Command, context: CommandContext): Program {
  const program = new Program(`ferry ${command.name}`)
    .description([command.summary, command.description].filter(Boolean).join('\n\n'))
    .exitOverride()
    .allowExcessArguments(false)
    .configureOutput({
      writeOut: text => void context.stdout.write(text),
      writeErr: () => {}, // reported by report-error.ts, once
    })
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', `\nExamples:\n${command.examples.map(line => `  ${line}`).join('\n')}`)
  for (const argument of command.arguments ?? []) {
    const inner = argument.variadic === true ? `${argument.name}...` : argument.name
    const shape = argument.required === true ? `<${inner}>` : `[${inner}]`
    program.addArgument(new Operand(shape, argument.description))
  }
  for (const [name, option] of Object.entries(command.options)) {
    program.addOption(declareOption(name, option))
  }
  if (command.passThrough === true) program.passThroughOptions()
  return program
}

function declareOption(name: string, option: Option): Flag {
  const short = option.short === undefined ? '' : `-${option.short}, `
  const value = option.kind === 'flag' ? '' : ` <${option.value}>`
  const flag = new Flag(`${short}--${name}${value}`, option.description)
  if (option.choices !== undefined) flag.choices([...option.choices])
  if (option.hidden === true) flag.hideHelp()
  if (option.kind === 'list') {
    flag.argParser((item: string, before: string[] | undefined) => [...(before ?? []), item])
  }
  if (option.kind === 'integer') flag.argParser((text: string) => parseInteger(name, text))
  return flag
}

function parseInteger(name: string, text: string): number {
  if (!/^\d+$/.test(text)) {
    throw new FerryError('USAGE', `--${name} takes a whole number, not \`${text}\``)
  }
  return Number(text)
}

function readOptions(command: Command, parsed: Record<string, unknown>): never {
  const values = Object.entries(command.options).map(([name, option]) => {
    const given = parsed[camelCase(name)]
    if (option.kind === 'flag') return [name, given === true]
    return [name, given ?? (option.kind === 'list' ? [] : undefined)]
  })
  return Object.fromEntries(values) as never // the declared kinds fix the types; see ValueOf
}

const camelCase = (name: string): string =>
  name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
