import type { Command, Option } from './command.ts'

/** Commands whose operands are asked for. */
export interface Asking {
  /** They are nothing else. */
  readonly alone: readonly string[]
  /** They may be files as well. */
  readonly besideFiles: readonly string[]
}

/**
 * The completion script for bash, zsh or fish; undefined for any other shell. Options are written
 * into it; names of the project (targets, models, stores) are asked for when TAB is pressed, after
 * the commands in `asking`; everything else is completed as files.
 */
export function completionScript(
  shell: string,
  commands: readonly Command[],
  asking: Asking,
): string | undefined {
  const areThere = (names: readonly string[]): string[] =>
    names.filter(name => commands.some(command => command.name === name))
  const known = { alone: areThere(asking.alone), besideFiles: areThere(asking.besideFiles) }
  if (shell === 'bash') return bash(commands, known)
  if (shell === 'zsh')
    return `autoload -U +X bashcompinit && bashcompinit\n${bash(commands, known)}`
  if (shell === 'fish') return fish(commands, known)
  return undefined
}

function bash(commands: readonly Command[], { alone, besideFiles }: Asking): string {
  const cases = commands.map(command => {
    const words = ['--help', ...shownOptions(command).map(([name]) => `--${name}`)]
    return `    ${command.name}) words='${words.join(' ')}' ;;`
  })
  const names = commands.map(command => command.name).join(' ')
  return `_ferry() {
  local current=\${COMP_WORDS[COMP_CWORD]} words= name
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    words='${names} --help --version'
  elif [[ $current == -* ]]; then
    case \${COMP_WORDS[1]} in
${cases.join('\n')}
    esac
  elif [[ ' ${[...alone, ...besideFiles].join(' ')} ' == *" \${COMP_WORDS[1]} "* && \${COMP_WORDS[COMP_CWORD-1]} != --?* ]]; then
    while IFS= read -r name; do
      [[ $name == *: && -z $current ]] && continue # nothing typed yet: files are shown
      [[ $name == "$current"* ]] && COMPREPLY+=("$(printf %q "$name")")
      [[ $name == *: ]] && compopt -o nospace 2>/dev/null
    done < <("\${COMP_WORDS[0]}" completion --words "\${COMP_WORDS[1]}" 2>/dev/null)
    return
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _ferry ferry
`
}

const shownOptions = (command: Command): [string, Option][] =>
  Object.entries(command.options).filter(([, option]) => option.hidden !== true)

function fish(commands: readonly Command[], { alone, besideFiles }: Asking): string {
  const quote = (text: string): string => `'${text.replaceAll("'", String.raw`\'`)}'`
  const lines = commands.flatMap(command => [
    `complete -c ferry -n __fish_use_subcommand -a ${command.name} -d ${quote(command.summary)}`,
    ...shownOptions(command).map(
      ([name, option]) =>
        `complete -c ferry -n '__fish_seen_subcommand_from ${command.name}' -l ${name} -d ${quote(option.description)}`,
    ),
  ])
  const words = [...alone, ...besideFiles].map(name => {
    const files = alone.includes(name) ? '-f ' : ''
    return `complete -c ferry ${files}-n '__fish_seen_subcommand_from ${name}' -a '(ferry completion --words ${name} 2>/dev/null)'`
  })
  return `${[...lines, ...words].join('\n')}\n`
}
