import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type PostgresServer, startPostgres } from '../../servers/postgres.ts'
import { FERRY, type RunOptions, runFerry } from '../support/run-ferry.ts'

let server: PostgresServer
let cwd: string

beforeAll(async () => {
  server = await startPostgres()
  cwd = await mkdtemp(join(tmpdir(), 'ferry-sql-'))
  await write(
    'ferry.yaml',
    `warehouses: { hot: duckdb:./hot.duckdb }\nsources: { production: { url: '${server.url}' } }\n`,
  )
})

afterAll(async () => {
  await runFerry(['warehouse', 'stop'], { cwd })
  await server.stop()
  await rm(cwd, { recursive: true, force: true })
})

const write = (name: string, content: string): Promise<void> => writeFile(join(cwd, name), content)
const sql = (args: readonly string[], options: Partial<RunOptions> = {}) =>
  runFerry(['sql', ...args], { cwd, ...options })

/** A value of each kind that a format can get wrong. */
const ODD_ROWS = `select 1 as id, 'a,b' as comma, 'say "hi"' as quote, 'one
two' as "line end", cast(null as varchar(9)) as nothing, '' as empty, 'árvíz 🚀' as "ékezet", ' x ' as blanks
union all select 2, ',', '"', '
', null, '', 'é', ''
order by id`

describe.for(['hot', 'production'])('on %s', on => {
  test('csv is correct to the byte', async () => {
    const { stdout, stderr, code } = await sql(['--on', on, '--csv', '-e', ODD_ROWS])
    expect(stdout).toBe(
      'id,comma,quote,line end,nothing,empty,ékezet,blanks\n' +
        '1,"a,b","say ""hi""","one\ntwo",,"",árvíz 🚀, x \n' +
        '2,",","""","\n",,"",é,""\n',
    )
    expect([stderr, code]).toEqual(['', 0])
  })

  test('tsv and json are, too', async () => {
    const query = `select 'a\tb' as tab, 'c,d' as comma, cast(null as varchar(9)) as nothing, '' as empty, 1 as n`
    expect((await sql(['--on', on, '--tsv', '-e', query])).stdout).toBe(
      'tab\tcomma\tnothing\tempty\tn\n"a\tb"\tc,d\t\t""\t1\n',
    )
    expect((await sql(['--on', on, '--json', '-e', query])).stdout).toBe(
      '{"tab":"a\\tb","comma":"c,d","nothing":null,"empty":"","n":1}\n',
    )
  })

  test('parquet goes to a pipe and to a file, and reads back', async () => {
    const query = `select 1 as n, 'x,"y"' as s, cast(null as varchar(9)) as nothing`
    const piped = await sql(['--on', on, '--parquet', '-e', query])
    expect(piped.bytes.subarray(0, 4).toString()).toBe('PAR1')
    const file = `${on}.parquet`
    expect((await sql(['--on', on, '-o', file, '-e', query])).code).toBe(0)
    const back = await sql(['-e', `select * from read_parquet('${join(cwd, file)}')`])
    expect(back.stdout).toBe('n,s,nothing\n1,"x,""y""",\n')
  })

  test('only the last result is put out; what follows it without rows still runs', async () => {
    const script = `
      drop table if exists kept; create table kept (n integer);
      select 'first' as which;
      insert into kept values (1), (2);
      select count(*) as n from kept;
      drop table kept;`
    expect((await sql(['--on', on, '-e', script])).stdout).toBe('n\n2\n')
    expect((await sql(['--on', on, '-e', 'select 1 from kept'])).code).toBe(65)
  })

  test('a table shows every result', async () => {
    const script = `select 1 as a, 'x' as b union all select 22, null order by 1; select 'két' as "c";`
    expect((await sql(['--on', on, '--format', 'table', '-e', script])).stdout).toBe(
      ' a  b\n--  ----\n 1  x\n22  NULL\n(2 rows)\n\nc\n---\nkét\n(1 row)\n\n',
    )
  })

  test('an error names the file and the line of the template, and shows the line', async () => {
    await write('part.sql', '-- a part\nfrom nowhere_at_all\n')
    await write(
      'bad.sql',
      `select 1;\n<% for (const n of [1]) { -%>\nselect *\n<%= include('part.sql') %><% } %>`,
    )
    const { stderr, stdout, code } = await sql(['--on', on, 'bad.sql'])
    expect([stdout, code]).toEqual(['', 65])
    const [first, second, third] = stderr.split('\n')
    expect(first).toMatch(/^ferry: error: part\.sql:2: .*nowhere_at_all/)
    expect([second, third]).toEqual(['  | from nowhere_at_all', '  |      ^'])
  })

  test('stops at the first error, or goes on when told to', async () => {
    const script = `drop table if exists marks; create table marks (n integer);
insert into marks values (1);
select no_such_column from marks;
insert into marks values (2);`
    const count = async (): Promise<string> =>
      (await sql(['--on', on, '-e', 'select count(*) as n from marks'])).stdout
    expect((await sql(['--on', on, '-e', script])).code).toBe(65)
    expect(await count()).toBe('n\n1\n')
    const going = await sql(['--on', on, '--keep-going', '-e', script])
    expect([going.code, going.stderr.match(/error:/g)?.length]).toEqual([65, 1])
    expect(going.stderr).toContain('(--execute):3: ')
    expect(await count()).toBe('n\n2\n')
  })

  test('a single transaction leaves nothing behind when it fails', async () => {
    await sql(['--on', on, '-e', 'drop table if exists once; create table once (n integer)'])
    const failed = await sql([
      '--on',
      on,
      '--single-transaction',
      '-e',
      'insert into once values (1); select * from no_such_table',
    ])
    expect(failed.code).toBe(65)
    await sql(['--on', on, '--single-transaction', '-e', 'insert into once values (7)'])
    expect((await sql(['--on', on, '-e', 'select n from once'])).stdout).toBe('n\n7\n')
  })

  test('a result prepares the file that follows', async () => {
    await write(
      'ids.sql',
      `create temporary table t as select 3 as id, 'a''b' as name union all select 4, null;
select 'not this one' as id;
select id, name from t order by id;
<% after(rows => { set('ids', rows.map(row => row.id)); set('names', rows.map(row => row.name)) }) %>`,
    )
    await write(
      'use.sql',
      `select id from t where id in (<%= ids %>) and (name in (<%= literal(names) %>) or name is null)
  and '<%= today %>' = '2026-03-01' order by id`,
    )
    const { stdout, stderr } = await sql(['--on', on, '--date', '2026-03-01', 'ids.sql', 'use.sql'])
    expect([stdout, stderr]).toEqual(['id\n3\n4\n', ''])
  })

  test('too many rows for after() are refused', async () => {
    await write(
      'many.sql',
      'select 1 as n union all select 2;<% after(rows => set("n", rows.length)) %>',
    )
    const args = ['--on', on, 'many.sql', '-', '--after-rows']
    const input = 'select <%= n %> as n'
    expect((await sql([...args, '2'], { input })).stdout).toBe('n\n2\n')
    const refused = await sql([...args, '1'], { input })
    expect([refused.code, refused.stderr.split('\n')[0]]).toEqual([
      65,
      'ferry: error: many.sql:1: more than 1 rows for its after()',
    ])
  })
})

describe('variables', () => {
  test('come from options and files; options win; names that are there already are refused', async () => {
    await write('vars.yaml', 'country: hu\nlimit: 3\nnames: [a, "b\'c"]\n')
    await write('vars.json', '{"limit": 4}')
    const template = `select <%= literal(country) %>, <%= limit %>, <%= literal(names) %>, <%= literal(extra) %>`
    const args = ['--dry-run', '-e', template, '--vars-file', 'vars.yaml', '--var', 'extra=a=b']
    expect((await sql([...args, '--vars-file', 'vars.json'])).stdout).toBe(
      `select 'hu', 4, 'a', 'b''c', 'a=b'\n`,
    )
    expect((await sql([...args, '--var', 'limit=9'])).stdout).toContain(`'hu', 9,`)
    const refused = await sql([...args, '--var', 'today=2026-01-01'])
    expect([refused.code, refused.stderr]).toEqual([
      64,
      "ferry: error: the variable `today` has a name of Ferry's own\n  hint: set the date with --date\n",
    ])
  })

  test('an unknown one is an error with file, line and the nearest name', async () => {
    await write('unknown.sql', 'select 1\n  + <%= cuontry %>')
    const { code, stderr } = await sql(['unknown.sql', '--var', 'country=1'])
    expect([code, stderr]).toEqual([
      65,
      'ferry: error: unknown.sql:2: `cuontry` is not defined\n  hint: did you mean `country`?\n',
    ])
  })

  test.for([
    ['a file', ['latin.sql'], 'latin.sql:2: not UTF-8'],
    ['an included file', ['including.sql'], 'latin.sql:2: not UTF-8'],
    [
      'a file of variables',
      ['-e', 'select 1', '--vars-file', 'latin.sql'],
      'latin.sql:2: not UTF-8',
    ],
    ['the standard input', ['-'], '(stdin):1: not UTF-8'],
  ] as const)('%s in another encoding is an error, as its letters would be lost', async one => {
    const [, args, message] = one
    await writeFile(join(cwd, 'latin.sql'), Buffer.from("select\n 'caf\xe9'", 'latin1'))
    await write('including.sql', "<%- include('latin.sql') %>")
    const child = spawn(FERRY, ['sql', ...args], { cwd, stdio: ['pipe', 'pipe', 'pipe'] })
    child.stdin.end(Buffer.from("select '\xe9'", 'latin1'))
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit'),
    ])
    expect(stderr).toContain(message)
    expect([stdout, code]).toEqual(['', 65])
  })

  test.for([
    [['--date', '2026-03-01'], {}, '2026-03-01 2026-02-28'],
    [[], { TODAY: '2024-03-01' }, '2024-03-01 2024-02-29'],
    [['--date', '2026-03-01'], { TODAY: '2024-03-01' }, '2026-03-01 2026-02-28'],
  ] as const)('the logical date: %j with %j', async ([args, env, dates]) => {
    const { stdout } = await sql(['--dry-run', '-e', '<%= today %> <%= yesterday %>', ...args], {
      env,
    })
    expect(stdout).toBe(`${dates}\n`)
  })
})

describe('a dry run', () => {
  test('prints the SQL of each file and touches no database', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'ferry-dry-'))
    await writeFile(join(empty, 'a.sql'), 'select <%= literal("it\'s") %>')
    const args = ['--on', 'duckdb:./x.duckdb', '--dry-run']
    expect((await sql([...args, 'a.sql'], { cwd: empty })).stdout).toBe(`select 'it''s'\n`)
    const two = await sql([...args, 'a.sql', '-'], { cwd: empty, input: 'select 2\n' })
    expect(two.stdout).toBe(`-- a.sql\nselect 'it''s'\n-- (stdin)\nselect 2\n`)
    expect(await readdir(empty)).toEqual(['a.sql'])
    const nobody = ['--on', 'postgres://127.0.0.1:1/x', '--dry-run', 'a.sql']
    expect((await sql(nobody, { cwd: empty })).code).toBe(0)
  })
})

describe('the output', () => {
  test('a file is whole or as it was', async () => {
    await write('result.csv', 'old\n')
    const failing =
      "select case when n = 200000 then cast('x' || n as integer) else n end as n from range(200001) t(n)"
    expect((await sql(['-o', 'result.csv', '-e', failing])).code).toBe(65)
    expect(await readFile(join(cwd, 'result.csv'), 'utf8')).toBe('old\n')
    expect((await sql(['-o', 'result.csv', '-e', 'select 1 as n'])).stdout).toBe('')
    expect(await readFile(join(cwd, 'result.csv'), 'utf8')).toBe('n\n1\n')
    expect((await readdir(cwd)).filter(name => name.includes('.tmp-'))).toEqual([])
  })

  test.for(['hot', 'production'])(
    'memory stays small however long the result is, on %s',
    async on => {
      const rows = process.env['FERRY_SOAK'] === '1' ? 5_000_000 : 500_000
      const query = `select n, repeat('x', 100) as s from generate_series(1, ${rows}) t(n)`
      const script = `'${FERRY}' sql --on ${on} -o long.csv -e "$0" & pid=$!; top=0
      while kill -0 $pid 2>/dev/null; do
        now=$(awk '/VmRSS/ { print $2 }' /proc/$pid/status 2>/dev/null || true); now=\${now:-0}
        [ "$now" -le "$top" ] || top=$now
        sleep 0.02
      done; wait $pid; echo $top; wc -l < long.csv`
      const child = spawn('bash', ['-c', script, query], { cwd })
      const [topKb, lines] = (await text(child.stdout)).trim().split('\n').map(Number)
      expect(lines).toBe(rows + 1)
      expect(topKb).toBeGreaterThan(10_000)
      expect(topKb).toBeLessThan(200_000)
    },
  )

  test('a reader that goes away early is met with silence', async () => {
    const child = spawn(
      'bash',
      [
        '-c',
        `'${FERRY}' sql -e 'select * from range(3000000)' | head -n 2; echo "\${PIPESTATUS[0]}"`,
      ],
      { cwd },
    )
    let out = ''
    let err = ''
    child.stdout.on('data', (data: Buffer) => (out += data.toString()))
    child.stderr.on('data', (data: Buffer) => (err += data.toString()))
    await once(child, 'close')
    expect([out, err]).toEqual(['range\n0\n74\n', ''])
  })

  test('an interrupted query ends on the server', async () => {
    const query = 'select pg_sleep(57)'
    const child = spawn(FERRY, ['sql', '--on', 'production', '-o', 'sleep.csv', '-e', query], {
      cwd,
    })
    const client = new Client(server.url)
    await client.connect()
    const running = async (): Promise<boolean> => {
      const { rows } = await client.query(
        `select from pg_stat_activity where pid <> pg_backend_pid() and state = 'active' and query like '%pg_sleep(57)%'`,
      )
      return rows.length > 0
    }
    while (!(await running())) await sleep(20)
    const killed = Date.now()
    child.kill('SIGINT')
    const [code] = await once(child, 'close')
    while (await running()) await sleep(20)
    await client.end()
    expect(code).toBe(130)
    expect(Date.now() - killed).toBeLessThan(5_000)
    await expect(access(join(cwd, 'sleep.csv'))).rejects.toThrow('ENOENT')
  })
})

describe('what is wrong is told by the exit code', () => {
  test.for([
    ['no SQL', [], 64, 'no SQL to run'],
    [
      'two formats',
      ['--csv', '--json', '-e', 'select 1'],
      64,
      'one format at a time, not csv and json',
    ],
    [
      'an unknown name',
      ['--on', 'prodction', '-e', 'select 1'],
      64,
      'no warehouse or source `prodction` in ferry.yaml',
    ],
    [
      'a variable without a value',
      ['--var', 'a', '-e', 'select 1'],
      64,
      '--var takes key=value, not `a`',
    ],
    ['a missing file', ['none.sql'], 66, '`none.sql` does not exist'],
    ['wrong SQL', ['-e', 'selec 1'], 65, '(--execute):1: '],
    [
      'a wrong template',
      ['-e', 'select <%= a b %>'],
      65,
      "(--execute):1: unexpected identifier 'b'",
    ],
    ['a server that is away', ['--on', 'postgres://127.0.0.1:1/x', '-e', 'select 1'], 69, ''],
    [
      'an unknown engine',
      ['--on', 'oracle://x/y', '-e', 'select 1'],
      78,
      'no database engine for `oracle://x/y`',
    ],
  ] as const)('%s', async ([, args, code, message]) => {
    const result = await sql(args)
    expect([result.code, result.stdout]).toEqual([code, ''])
    expect(result.stderr).toContain(`ferry: error: ${message}`)
  })

  test('outside of a project a URL is needed', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'ferry-none-'))
    expect((await sql(['-e', 'select 1'], { cwd: empty })).code).toBe(78)
    const args = ['--on', server.url, '-e', 'select 1 as n']
    expect((await sql(args, { cwd: empty })).stdout).toBe('n\n1\n')
  })
})

test('--timing and --verbose talk on stderr only', async () => {
  const args = ['--verbose', '-e', 'select 1 as n;\n select * from range(3)']
  const { stdout, stderr } = await sql(args)
  expect(stdout).toBe('range\n0\n1\n2\n')
  expect(stderr).toMatch(/^ferry: \(--execute\):1: .*\nferry: \(--execute\):2: 3 rows\n$/)
  expect((await sql(['--timing', '-e', 'select 1'])).stderr).toMatch(
    /^ferry: \(--execute\):1: .* m?s\n$/,
  )
})
