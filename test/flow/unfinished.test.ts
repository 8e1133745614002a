import { expect, test } from 'vitest'
import type { CommandRecord, TrackedCommand } from '../../src/formats/command-record.ts'
import { parseMakeDatabase } from '../../src/flow/make-database.ts'
import { findUnfinished } from '../../src/flow/unfinished.ts'

/** make's database as make prints it: one.txt one line, two.txt two, next.txt needs two.txt. */
const DATABASE = parseMakeDatabase(
  `# Make data base, printed on today

# makefile (from 'makefile', line 1)
EMPTY := 
# makefile (from 'makefile', line 2)
define BOTH
echo a
echo b
endef

# Files

one.txt:
#  recipe to execute (from 'makefile', line 4):
	echo 1 > $@

two.txt:
#  recipe to execute (from 'makefile', line 6):
	echo 1 > $@
	echo 2 >> $@

next.txt: two.txt several.txt
#  recipe to execute (from 'makefile', line 9):
	cat $^ > $@

several.txt:
#  recipe to execute (from 'makefile', line 11):
	$(BOTH)

maybe.txt:
#  recipe to execute (from 'makefile', line 13):
	echo 1 > $@
	$(EMPTY)

lenient.txt:
#  recipe to execute (from 'makefile', line 16):
	echo 1 > $@
	-false

group.txt:
#  Also makes: group.txt other.txt
#  recipe to execute (from 'makefile', line 19):
	touch group.txt other.txt

other.txt:
#  Also makes: group.txt other.txt

all: one.txt
#  Phony target (prerequisite of .PHONY).
#  recipe to execute (from 'makefile', line 21):
	echo all

`,
  [],
)

let clock = 0
/** `one.txt 0`: ran and ended with 0; `one.txt killed`: no END; `@2` another run; `@hand` by hand. */
function command(text: string): TrackedCommand {
  const [, target = '', end = '', run = '1'] = /^(\S+) (\S+)(?: @(\S+))?$/.exec(text) ?? []
  const at = (): string => new Date((clock += 1_000)).toISOString()
  const begin: CommandRecord = {
    tag: 'BEGIN',
    id: `id-${clock}`,
    target,
    command: 'echo',
    attempt: 1,
    has_make_level: true,
    started_at: at(),
    finished_at: null,
    exit_code: null,
    user_s: null,
    system_s: null,
    host: 'here',
    pid: 1,
    run_id: run === 'hand' ? null : run,
  }
  if (end === 'killed' || end === 'running') {
    return { begin: { ...begin, id: end === 'running' ? 'alive' : begin.id }, end: undefined }
  }
  const held = end === 'held'
  const exitCode = held ? 65 : Number(end)
  const more = { tag: 'END', finished_at: at(), exit_code: exitCode } as const
  return { begin, end: { ...begin, ...more, ...(held ? { held } : {}) } }
}

/** Run 1 died, run 2 came to its end. */
const scenarios: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['nothing ran', [], []],
  ['its only line ended well, then make died', ['one.txt 0'], []],
  ['its line never ended', ['one.txt killed'], ['one.txt']],
  ['its line failed', ['one.txt 1'], ['one.txt']],
  ['its line failed in an orderly run', ['one.txt 1 @2'], ['one.txt']],
  ['its shell was killed in an orderly run', ['one.txt killed @2'], ['one.txt']],
  ['make died between its two lines', ['two.txt 0'], ['two.txt']],
  ['both lines ended well, then make died', ['two.txt 0', 'two.txt 0'], []],
  ['one line ended well in an orderly run', ['two.txt 0 @2'], []],
  ['make died between its lines, but what needs it began', ['two.txt 0', 'next.txt 0'], []],
  ['lines of unknown number, nothing after', ['several.txt 0', 'several.txt 0'], ['several.txt']],
  [
    'lines of unknown number, what needs it began',
    ['several.txt 0', 'next.txt killed'],
    ['next.txt'],
  ],
  ['a line that may be empty, one ended', ['maybe.txt 0'], ['maybe.txt']],
  ['an ignored failure of the last line', ['lenient.txt 0', 'lenient.txt 1'], []],
  ['a failure of the line before', ['lenient.txt 1'], ['lenient.txt']],
  ['killed, then made again in an orderly run', ['two.txt 0', 'two.txt 0 @2', 'two.txt 0 @2'], []],
  ['made, then killed in a later run', ['one.txt 0 @2', 'one.txt killed'], ['one.txt']],
  ['killed, then made by hand', ['one.txt killed', 'one.txt 0 @hand'], []],
  ['killed by hand', ['one.txt killed @hand'], ['one.txt']],
  ['running by hand', ['one.txt running @hand'], []],
  ['refused only, after it had been made', ['one.txt 0', 'one.txt held @2'], []],
  ['one command that makes two files', ['group.txt killed'], ['group.txt', 'other.txt']],
  ['a phony target', ['all killed'], []],
  ['one that make does not know', ['stranger.txt killed'], ['stranger.txt']],
]

test.for(scenarios)('%s', ([, commands, expected]) => {
  const found = findUnfinished({
    commands: commands.map(command),
    database: DATABASE,
    isOrderly: runId => runId !== '1',
    hasSameRecipes: () => true,
    isAlive: one => one.begin.id === 'alive',
  })
  expect(found.flatMap(one => one.outputs)).toEqual(expected)
})

test('when the makefile has changed since, the number of lines proves nothing', () => {
  const found = findUnfinished({
    commands: [command('one.txt 0')],
    database: DATABASE,
    isOrderly: () => false,
    hasSameRecipes: () => false,
    isAlive: () => false,
  })
  expect(found).toMatchObject([{ target: 'one.txt', reason: 'stopped between its lines' }])
})
