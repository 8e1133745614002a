import type { Command } from './command.ts'

/** The completion script for bash, zsh or fish; undefined for any other shell. */
export function completionScript(shell: string, commands: readonly Command[]): string | undefined {
  if (shell === 'bash') return bash(commands)
  if (shell === 'zsh') return `autoload -U +X bashcompinit && bashcompinit\n${bash(commands)}`
  if (shell === 'fish') return fish(commands)
  return undefined
}

function bash(commands: readonly Command[]): string {
  const cases = commands.map(command => {
    const words = ['--help', ...Object.keys(command.options).map(name => `--${name}`)]
    return `    ${command.name}) words='${words.join(' ')}' ;;`
  })
  return `_ferry() {
  local current=\${COMP_WORDS[COMP_CWORD]} words
  if [ "$COMP_CWORD" -eq 1 ]; then
    words='${commands.map(command => command.name).join(' ')} --help --version'
  else
    case \${COMP_WORDS[1]} in
${cases.join('\n')}
    esac
  fi
  case $current in
    -*) COMPREPLY=($(compgen -W "$words" -- "$current")) ;;
    *) [ "$COMP_CWORD" -eq 1 ] && COMPREPLY=($(compgen -W "$words" -- "$current")) ;;
  esac
}
complete -o default -F _ferry ferry
`
}

function fish(commands: readonly Command[]): string {
  const quote = (text: string): string => `'${text.replaceAll("'", String.raw`\'`)}'`
  const lines = commands.flatMap(command => [
    `complete -c ferry -n __fish_use_subcommand -a ${command.name} -d ${quote(command.summary)}`,
    ...Object.entries(command.options).map(
      ([name, option]) =>
        `complete -c ferry -n '__fish_seen_subcommand_from ${command.name}' -l ${name} -d ${quote(option.description)}`,
    ),
  ])
  return `${lines.join('\n')}\n`
}
