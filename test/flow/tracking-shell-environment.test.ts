import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FERRY_HOME, NightProject } from '../support/night-project.ts'

let project: NightProject
beforeEach(() => {
  project = new NightProject()
})
afterEach(() => project.remove())

/** Prints all that a line can see of its surroundings, but for what the tracking shell adds on purpose. */
const LOOK = [
  'exec 2>&1',
  'echo "$0 $# $*"',
  String.raw`env -0 | sort -z | tr "\0" "\n" | grep -av -e ^FERRY_ -e ^_=`,
  'echo "$-"; shopt; set -o; ulimit -a; umask; trap -p; pwd; declare -F',
  'echo "${IFS@Q} $OPTIND"',
  'if read -r x; then echo "stdin: $x"; fi',
  'grep -E "^Sig(Blk|Ign)" /proc/self/status',
  // By a subshell, while this bash has nothing else to do: no pipe of its own is half closed.
  '(set +f; unset GLOBIGNORE; set -- /proc/$$/fd/*; echo "fds $#")',
].join('; ')

/** A line's surroundings, under the shell `program`, after the bash commands `setup`. */
async function surroundings(program: string, setup: string): Promise<string> {
  const start = `shell_to_test=$0\n${setup}\nexec "$shell_to_test" -e -o pipefail -c "$@" <<<'a line'`
  const ended = await project.run('bash', ['-c', start, program, LOOK, 'zero', 'one', 't w o'], {
    environment: {
      FERRY_TARGET: 'goal',
      FERRY_LOG_DIR: project.logs,
      FERRY_PROJECT: project.folder,
    },
  })
  expect(ended.code).toBe(0)
  return String(ended.stdout)
}

const OURS = join(FERRY_HOME, 'bin/tracking-shell')

test.each([
  ['nothing odd', ''],
  ['names as in a script', 'export line=5 code=7 log=a id=x text=y i=3 a=b live=0 name=k REPLY=r'],
  [
    'variables of bash',
    'export IFS=: OPTIND=7 OPTARG=q RANDOM=1 BASH_ARGV0=foo FUNCNAME=z BASHPID=1',
  ],
  ['LC_ALL', 'export LC_ALL=C.UTF-8 LC_CTYPE=C'],
  ['an empty LC_ALL', 'export LC_ALL= TZ= LANG='],
  ['another time zone', 'export TZ=Europe/Berlin LC_ALL=POSIX'],
  ['an older syntax', 'export BASH_COMPAT=4.2'],
  ['GLOBIGNORE, CDPATH, TMOUT', 'export GLOBIGNORE="*" CDPATH=/tmp TMOUT=100'],
  ['FUNCNEST', 'export FUNCNEST=1'],
  ['functions', 'now() { echo bad; }; kill() { echo bad; }; export -f now kill'],
  ['BASH_ENV', 'echo "shopt -s nullglob; from_bash_env=1" >env.sh; export BASH_ENV=env.sh'],
  ['options of set', 'export SHELLOPTS; set -u'],
  ['options of shopt', 'export BASHOPTS; shopt -s extglob nullglob'],
  ['POSIX mode', 'export POSIXLY_CORRECT=1'],
  ['SHLVL', 'export SHLVL=5'],
  ['no SHLVL', 'unset SHLVL'],
  ['limits', 'umask 077; ulimit -n 100; ulimit -s 4096'],
  ['open files', 'exec 7</dev/null 10</dev/null 12>/dev/null'],
  ['ignored signals', 'trap "" USR1 HUP PIPE'],
  ['no home', 'unset HOME PWD OLDPWD'],
  ['another folder', 'cd /; export PWD=/nowhere OLDPWD=/usr'],
])('a line sees %s as in plain bash', async (_, setup) => {
  const plain = await surroundings('/bin/bash', setup)
  const ours = await surroundings(OURS, setup)
  expect(plain).toContain('stdin: a line')
  // The one more open file is how the tracking shell learns that the line has ended.
  const files = Number(/^fds (\d+)$/m.exec(plain)?.[1])
  expect(ours).toBe(plain.replace(/^fds \d+$/m, `fds ${files + 1}`))
  expect(project.records().map(record => record.tag)).toEqual(['BEGIN', 'END'])
})

test('what is not a recipe gets a plain bash with the same surroundings', async () => {
  const setup = 'unset FERRY_TARGET; export SHLVL=5 SHELLOPTS BASH_COMPAT=4.2 line=1; set -u'
  expect(await surroundings(OURS, setup)).toBe(await surroundings('/bin/bash', setup))
})

test('an exported make variable keeps its value in recipes and hooks', async () => {
  const hook = '#!/bin/bash\necho "hook $line $code $before $LC_ALL"\n'
  mkdirSync(join(project.folder, 'hooks'))
  writeFileSync(join(project.folder, 'hooks/before-command'), hook, { mode: 0o755 })
  const names = 'export line := 5\nexport code := 7\nexport before := 8\nexport LC_ALL := POSIX\n'
  project.makefile(`${names}goal: ; @echo "line $$line $$code $$before $$LC_ALL"\n`)
  const ended = await project.make(['goal'])
  expect(String(ended.stdout)).toBe('hook 5 7 8 POSIX\nline 5 7 8 POSIX\n')
})

test.each([
  ['1970-01-01', 0],
  ['1972-02-29', 68_169_600],
  ['2000-02-29', 951_782_400],
  ['2026-12-31', 1_798_675_200],
  ['2100-03-01', 4_107_542_400],
])('%s is the day that records say', async (date, seconds) => {
  // The script's clock cannot be set from outside, hence its own text.
  const start = `eval "$(sed -n '/^date_of_day()/,/^}/p' "$0")"; date_of_day $(($1 / 86400)); echo $_ts_date`
  const ended = await project.run('bash', ['-c', start, OURS, String(seconds)])
  expect(String(ended.stdout)).toBe(`${date}\n`)
})
