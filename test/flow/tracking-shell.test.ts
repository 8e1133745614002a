import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FERRY_HOME, NightProject } from '../support/night-project.ts'

let project: NightProject
beforeEach(() => {
  project = new NightProject()
})
afterEach(() => project.remove())

async function until(condition: () => boolean, ms = 10_000): Promise<void> {
  const end = Date.now() + ms
  while (!condition()) {
    if (Date.now() > end) throw new Error('it did not happen in time')
    await sleep(20)
  }
}

function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return false
  }
}

describe('what a line does', () => {
  test.each([
    { line: 'echo out; echo err >&2', code: 0, out: 'out\n', err: 'err\n' },
    { line: 'exit 3', code: 3, out: '', err: '' },
    { line: 'exit 143', code: 143, out: '', err: '' },
    { line: 'false; echo no', code: 1, out: '', err: '' },
    { line: 'false | true', code: 1, out: '', err: '' },
    { line: 'no-such-program', code: 127, out: '', err: /no-such-program.*not found/ },
    { line: 'echo $SHLVL $-', code: 0, out: '1 ehBc\n', err: '' },
    { line: 'printf "a\\0b\\377\\n"', code: 0, out: Buffer.from('a\0b\xff\n', 'latin1'), err: '' },
    { line: 'printf "no newline"', code: 0, out: 'no newline', err: '' },
    {
      line: 'seq 500',
      code: 0,
      out: Array.from({ length: 500 }, (_, i) => `${i + 1}\n`).join(''),
      err: '',
    },
    { line: 'echo a; sleep 0.2; echo b >&2; echo c', code: 0, out: 'a\nc\n', err: 'b\n' },
  ])('$line passes through and ends with $code', async ({ line, code, out, err }) => {
    const ended = await project.line(line, { SHLVL: '0' })
    expect(ended.code).toBe(code)
    expect(ended.stdout).toEqual(Buffer.from(out))
    if (err instanceof RegExp) expect(String(ended.stderr)).toMatch(err)
    else expect(String(ended.stderr)).toBe(err)
    for (const said of [...String(ended.stdout).split('\n'), ...String(ended.stderr).split('\n')]) {
      expect(String(project.log())).toContain(said)
    }
    expect(project.records().map(({ tag, exit_code }) => [tag, exit_code])).toEqual([
      ['BEGIN', null],
      ['END', code],
    ])
  })

  test.each(['TERM', 'KILL', 'SEGV', 'PIPE'] as const)(
    'a line that dies of %s takes the shell with it',
    async name => {
      const ended = await project.line(`kill -${name} $$`)
      expect(ended.signal).toBe(`SIG${name}`)
      expect(project.records()[1]?.exit_code).toBeGreaterThan(128)
    },
  )

  test('stdin, INT and the environment are as in plain bash', async () => {
    const line =
      'trap "echo got" INT; kill -INT $$; read -r x || echo none; env | grep -c BASH_ENV || true'
    const ended = await project.line(line)
    expect(String(ended.stdout)).toBe('got\nnone\n0\n')
  })

  test.each([
    [['-ec', 'echo $0 $1', 'zero', 'one'], 'zero one\n'],
    [['-e', '-o', 'pipefail', '-c', 'echo x'], 'x\n'],
  ])('arguments %j are understood', async (args, out) => {
    const ended = await project.run(join(FERRY_HOME, 'bin/tracking-shell'), args, {
      environment: { FERRY_TARGET: 'goal', FERRY_LOG_DIR: project.logs },
    })
    expect(String(ended.stdout)).toBe(out)
    expect(project.records()).toHaveLength(2)
  })

  test('without a target, or with a script, it is plain bash and records nothing', async () => {
    const script = project.write('script.sh', 'echo from a script $1')
    const shell = join(FERRY_HOME, 'bin/tracking-shell')
    const environment = { FERRY_TARGET: 'goal', FERRY_LOG_DIR: project.logs }
    expect(String((await project.run(shell, ['-c', 'echo x'])).stdout)).toBe('x\n')
    expect(String((await project.run(shell, [script, 'y'], { environment })).stdout)).toBe(
      'from a script y\n',
    )
    expect(existsSync(project.logs)).toBe(false)
  })
})

describe('records', () => {
  test('say all that the contract asks for', async () => {
    await project.line('sleep 0.01', { FERRY_ATTEMPT: '7', FERRY_RUN_ID: 'run "1"' })
    const [begin, end] = project.records()
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    const same = {
      id: begin?.id,
      target: 'goal',
      command: 'sleep 0.01',
      attempt: 7,
      has_make_level: true,
      started_at: begin?.['started_at'],
      host: expect.any(String),
      pid: expect.any(Number),
      run_id: 'run "1"',
    }
    expect(begin).toEqual({
      tag: 'BEGIN',
      ...same,
      started_at: time,
      finished_at: null,
      exit_code: null,
      user_s: null,
      system_s: null,
    })
    expect(end).toEqual({
      tag: 'END',
      ...same,
      finished_at: time,
      exit_code: 0,
      user_s: expect.any(Number),
      system_s: expect.any(Number),
    })
  })

  test.each([
    ['quotes and backslashes', `: 'a "b" \\\\ \\"'`],
    ['control characters', ': \x01\x1b\x7f\t\r'],
    ['several lines', ': one\n: two\n'],
    ['characters of all lengths', ': é € 😀 한'],
    ['a long line', `: ${'x "\\'.repeat(20_000)}"`],
  ])('hold a command with %s as it was', async (_, command) => {
    await project.line(command)
    expect(project.records().map(record => record.command)).toEqual([command, command])
  })

  test('hold bytes that are not UTF-8 as lone surrogates', async () => {
    const name = join(project.folder, 'name')
    execFileSync('bash', ['-c', 'printf "a\\xff\\xc3(\\xed\\xa0\\x80\\xf5é" >"$0"', name])
    const environment = `FERRY_TARGET="$(cat ${name})" FERRY_LOG_DIR=${project.logs}`
    execFileSync('bash', ['-c', `${environment} ${join(FERRY_HOME, 'bin/tracking-shell')} -c :`])
    expect(project.records()[0]?.target).toBe('a\udcff\udcc3(\udced\udca0\udc80\udcf5é')
  })

  test('never mix, whatever their length, and come in pairs', async () => {
    const long = Array.from(
      { length: 500 },
      (_, i) => `t${i}: ; @: ${'y'.repeat((i * 37) % 9_000)}`,
    )
    project.makefile(`all: ${long.map((_, i) => `t${i}`).join(' ')}\n${long.join('\n')}\n`)
    expect((await project.make(['-j8', 'all'])).code).toBe(0)
    const records = project.records()
    const ended = new Set(records.filter(record => record.tag === 'END').map(record => record.id))
    expect(records).toHaveLength(1_000)
    expect(ended.size).toBe(500)
    expect(records.every(record => ended.has(record.id))).toBe(true)
  })

  test('a failure is one line of trackingshell.log', async () => {
    await project.line('echo a b\nexit 9')
    const text = readFileSync(join(project.logs, 'trackingshell.log'), 'utf8')
    expect(text).toMatch(/^\S+Z exit=9 target=goal log=\S+goal\.log command=.*exit 9'\n$/)
  })
})

describe('disks', () => {
  test('a record file that is full stops the command before it starts', async () => {
    mkdirSync(project.logs, { recursive: true })
    symlinkSync('/dev/full', join(project.logs, 'timing_env.log'))
    const ended = await project.line(`touch ${project.folder}/ran`)
    expect(ended.code).toBe(74)
    expect(String(ended.stderr)).toContain('No space left')
    expect(String(ended.stderr)).toContain(`cannot write ${project.logs}/timing_env.log`)
    expect(existsSync(join(project.folder, 'ran'))).toBe(false)
  })

  test.each([
    ['little', 'echo x'],
    ['much', 'echo x; sleep 0.1; seq 100000'],
  ])('a log that is full fails a command that says %s', async (_, line) => {
    mkdirSync(project.logs, { recursive: true })
    symlinkSync('/dev/full', join(project.logs, 'goal.log'))
    expect((await project.line(line)).code).toBe(74)
  })

  test('a log that fills up meanwhile fails the command, whose output still passes', async () => {
    const log = join(project.logs, 'goal.log')
    const ended = await project.line(`rm ${log}; ln -s /dev/full ${log}; echo out`)
    expect(ended.code).toBe(74)
    expect(String(ended.stdout)).toBe('out\n')
    expect(String(ended.stderr)).toContain('not all output could be written')
  })

  test('an END that cannot be written makes a success a failure', async () => {
    const records = join(project.logs, 'timing_env.log')
    const ended = await project.line(`rm ${records}; ln -s /dev/full ${records}`)
    expect(ended.code).toBe(74)
    expect(String(ended.stderr)).toContain('not on record')
  })

  test('a log folder that is a file is said to be so', async () => {
    project.write('logs/2026-03-01', '')
    const ended = await project.line('echo no')
    expect(ended.code).toBe(74)
    expect(String(ended.stdout)).toBe('')
  })
})

describe('much output, held output, lost readers', () => {
  const size = process.env['FERRY_SOAK'] === '1' ? 100_000_000 : 20_000_000
  test(`${size / 1_000_000} MB pass and are logged to the byte`, async () => {
    const random = join(project.folder, 'random')
    const ended = await project.line(`head -c ${size} /dev/urandom | tee ${random}`)
    const bytes = readFileSync(random)
    expect(ended.stdout.equals(bytes)).toBe(true)
    expect(project.log().subarray(-bytes.length).equals(bytes)).toBe(true)
  })

  test.each([
    ['quick', 'seq 3000'],
    ['slow', 'sleep 0.1; seq 100000'],
  ])('a reader that goes away costs a %s command nothing: the log has it all', async (_, line) => {
    project.makefile(`goal: ; @${line}\n`)
    const ended = await project.run('bash', [
      '-c',
      'make TODAY=2026-03-01 goal | head -1; exit ${PIPESTATUS[0]}',
    ])
    expect(ended.code).toBe(0)
    expect(String(project.log())).toMatch(/\n\d+000\n$/)
  })

  test('a process that left the group with the output in its hands does not hold the command', async () => {
    const ended = await project.line('echo before; setsid sleep 20 & sleep 0.1; echo after')
    expect(String(ended.stdout)).toBe('before\nafter\n')
    expect(String(ended.stderr)).toContain('left the group')
    expect(ended.code).toBe(0)
    execFileSync('bash', [
      '-c',
      `for p in /proc/[0-9]*; do grep -qz ${project.records()[0]?.id} $p/environ && kill \${p#/proc/}; done 2>/dev/null; true`,
    ])
  })

  test('what a line leaves in the background ends with it', async () => {
    const file = join(project.folder, 'pid')
    const ended = await project.line(`sleep 60 & echo $! >${file}`)
    expect(ended.code).toBe(0)
    expect(isAlive(Number(readFileSync(file, 'utf8')))).toBe(false)
  })
})

describe('signals', () => {
  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    '%s goes on to the whole group and is recorded',
    async signal => {
      const file = join(project.folder, 'pid')
      let shell = 0
      const running = project.run(
        join(FERRY_HOME, 'bin/tracking-shell'),
        ['-c', `sleep 60 & echo $! >${file}; echo said; sleep 60`],
        {
          environment: { FERRY_TARGET: 'goal', FERRY_LOG_DIR: project.logs },
          started: pid => {
            shell = pid
          },
        },
      )
      await until(() => existsSync(file) && project.log().includes('said\n'))
      process.kill(shell, signal)
      const ended = await running
      expect(ended.signal).toBe(signal)
      expect(project.records()[1]?.exit_code).toBe(
        { SIGTERM: 143, SIGINT: 130, SIGHUP: 129 }[signal],
      )
      expect(isAlive(Number(readFileSync(file, 'utf8')))).toBe(false)
    },
  )

  test('a line that ignores TERM is killed after the grace', async () => {
    let shell = 0
    const running = project.run(
      join(FERRY_HOME, 'bin/tracking-shell'),
      ['-c', 'trap "" TERM; echo ready; while :; do sleep 1; done'],
      {
        environment: { FERRY_TARGET: 'goal', FERRY_LOG_DIR: project.logs, FERRY_KILL_GRACE: '1' },
        started: pid => {
          shell = pid
        },
      },
    )
    await until(
      () => existsSync(join(project.logs, 'goal.log')) && project.log().includes('ready\n'),
    )
    const start = Date.now()
    process.kill(shell, 'SIGTERM')
    expect((await running).signal).toBe('SIGTERM')
    expect(Date.now() - start).toBeLessThan(5_000)
    expect(project.records()[1]?.exit_code).toBe(143)
  })

  test('make that is killed with TERM removes the target it was making, nested makes included', async () => {
    project.makefile('outer: ; @$(MAKE) inner\ninner: ; @echo half > $@; sleep 60\n')
    let make = 0
    const running = project.make(['outer'], {
      started: pid => {
        make = pid
      },
    })
    await until(() => existsSync(join(project.folder, 'inner')))
    process.kill(make, 'SIGTERM')
    await running
    expect(existsSync(join(project.folder, 'inner'))).toBe(false)
    expect(
      project
        .records()
        .filter(record => record.tag === 'END')
        .map(record => record.exit_code),
    ).toEqual([143, 143])
  })

  test('a line that asks the terminal is ended with a word, not left hanging', async () => {
    const command = `FERRY_TARGET=goal FERRY_LOG_DIR=${project.logs} ${join(FERRY_HOME, 'bin/tracking-shell')} -c 'read -r x </dev/tty'`
    const ended = await project.run('script', ['-qec', command, '/dev/null'])
    expect(ended.code).not.toBe(0)
    expect(String(ended.stdout)).toContain('wants to use the terminal')
  })
})

describe('hooks and held targets', () => {
  test('hooks run in order around the command and know it', async () => {
    const say = '#!/bin/bash\necho "${0##*/} $FERRY_TARGET $FERRY_COMMAND $FERRY_EXIT_CODE"\n'
    project.write('hooks/before-command-b', say, 0o755)
    project.write('hooks/before-command-a', say, 0o755)
    project.write('hooks/after-command', say, 0o755)
    project.write('hooks/before-command-no', say)
    const ended = await project.line('echo main; exit 4')
    expect(String(ended.stdout)).toBe(
      'before-command-a goal echo main; exit 4 0\nbefore-command-b goal echo main; exit 4 0\nmain\nafter-command goal echo main; exit 4 4\n',
    )
    expect(ended.code).toBe(4)
  })

  test.each([
    ['before-command', 5, ''],
    ['after-command', 5, 'main\n'],
  ])('a failing %s hook fails the command', async (hook, code, out) => {
    project.write(`hooks/${hook}`, '#!/bin/bash\nexit 5\n', 0o755)
    const ended = await project.line('echo main')
    expect(ended.code).toBe(code)
    expect(String(ended.stdout)).toBe(out)
    expect(project.records()[1]?.exit_code).toBe(5)
  })

  test('a held target is not run: it fails as the file says', async () => {
    project.write('held/a%2Fb', '78\nwrong configuration since 02:00\n')
    const ended = await project.line('echo no', {
      FERRY_TARGET: 'a/b',
      FERRY_HELD_DIR: join(project.folder, 'held'),
    })
    expect(ended.code).toBe(78)
    expect(String(ended.stdout)).toBe('')
    expect(String(ended.stderr)).toBe('wrong configuration since 02:00\n')
    expect(project.records().map(({ exit_code, held }) => [exit_code, held])).toEqual([
      [null, true],
      [78, true],
    ])
    expect(project.log('a%2Fb').includes('wrong configuration')).toBe(true)
  })
})

test('a log folder without permission is said to be so, to a user who is not root', () => {
  mkdirSync(project.logs, { recursive: true })
  for (const name of ['tracking-shell', 'tracking-shell-rare']) {
    copyFileSync(join(FERRY_HOME, 'bin', name), join(project.folder, name))
  }
  chmodSync(project.folder, 0o755)
  chmodSync(project.logs, 0o555)
  const ended = spawnSync(join(project.folder, 'tracking-shell'), ['-c', 'echo no'], {
    cwd: project.folder,
    env: { PATH: process.env['PATH'], FERRY_TARGET: 'goal', FERRY_LOG_DIR: project.logs },
    ...(process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}),
  })
  chmodSync(project.logs, 0o755)
  expect(ended.status).toBe(74)
  expect(String(ended.stdout)).toBe('')
  expect(String(ended.stderr)).toContain('Permission denied')
})
