/** Two nights of the example, at a tenth of its size, against PostgreSQL's own answers. */
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  makeProject,
  NIGHTS,
  play,
  type Project,
  readReceipts,
  runNight,
  stopWarehouse,
} from '../../examples/company/project.ts'
import { type PostgresServer, startPostgres } from '../../servers/postgres.ts'
import { parseTableManifest } from '../../src/formats/table-manifest.ts'
import { compareWithQuery, type Difference } from '../support/compare-with-postgres.ts'

const SCALE = '0.1'
const demo = join(import.meta.dirname, '../../examples/company/demo.ts')
const TABLES = ['users', 'lists', 'memberships', 'tasks', 'subtasks', 'notes', 'reminders']

/** The same questions as the models', asked of production, in PostgreSQL's own words. */
const accounts = 'select * from users where not is_staff'
const work = `select tasks.* from tasks join (${accounts}) a on a.id = creator_id`
const QUERIES: Readonly<Record<string, (today: string) => string>> = {
  signups: today => `
    select day::date, count(a.id) as signups, count(confirmed_at) as confirmed,
      (select count(*) from (${accounts}) b where b.signed_up_at < day + interval '1 day')
        as signups_so_far
    from generate_series((select min(signed_up_at)::date from (${accounts}) c),
      date '${today}' - 1, '1 day') as day
    left join (${accounts}) a on a.signed_up_at::date = day
    group by day`,
  daily_active_users: today => `
    with actions as (
      select creator_id as who, created_at as at from (${work}) t
      union all select coalesce(assignee_id, creator_id), completed_at from (${work}) t
        where completed_at is not null
      union all select author_id, created_at from notes
      union all select user_id, created_at from reminders
      union all select owner_id, created_at from lists
    )
    select day::date, count(distinct who) as active, count(who) as actions
    from generate_series((select min(signed_up_at)::date from (${accounts}) c),
      date '${today}' - 1, '1 day') as day
    left join (select who, at::date as on_day from actions join (${accounts}) a on a.id = who) as seen
      on on_day = day
    group by day`,
  tasks_by_day: today => `
    select day::date,
      (select count(*) from (${work}) t where created_at::date = day) as created,
      (select count(*) from (${work}) t where completed_at::date = day) as completed,
      (select count(*) from (${work}) t where created_at < day + interval '1 day'
        and (completed_at is null or completed_at >= day + interval '1 day')) as open_at_end
    from generate_series((select min(signed_up_at)::date from (${accounts}) c),
      date '${today}' - 1, '1 day') as day`,
  list_sharing: () => `
    with people as (
      select list_id, count(*) as invited, count(accepted_at) as joined
      from memberships where role <> 'owner' group by list_id
    )
    select date_trunc('week', lists.created_at)::date as week, count(*) as lists,
      count(invited) as shared, round(100.0 * count(invited) / count(*), 1) as percent_shared,
      coalesce(sum(invited), 0)::bigint as invited, coalesce(sum(joined), 0)::bigint as joined
    from lists join (${accounts}) a on a.id = owner_id left join people on list_id = lists.id
    group by 1`,
  reminders_usage: () => `
    select date_trunc('week', created_at)::date as week, channel, count(*) as set,
      count(sent_at) as sent, count(opened_at) as opened,
      round(100.0 * count(opened_at) / nullif(count(sent_at), 0), 1) as percent_opened
    from reminders group by 1, 2`,
  revenue: () => `
    select coalesce(country, '??') as country, count(*) as paying,
      sum(monthly_price) as monthly_revenue
    from (${accounts}) a where plan = 'pro' group by 1`,
  top_lists: () => `
    select lists.id as list_id, lists.title,
      coalesce(nullif(btrim(a.name), ''), '(no name)') as owner,
      (select count(accepted_at) from memberships m where m.list_id = lists.id and role <> 'owner')
        as guests,
      count(*) as tasks, count(completed_at) as completed
    from (${work}) t join lists on lists.id = list_id join (${accounts}) a on a.id = owner_id
    group by lists.id, lists.title, a.name order by tasks desc, lists.id limit 50`,
  odd_titles: () => `
    select title, length(title)::bigint as characters, count(*) as tasks from (${work}) t
    where title ~ E'[,"\\\\\\\\\\t\\r\\n]' or btrim(title) in ('', 'NULL') group by title`,
  overdue_tasks: today => `
    select late, from_days, count(*) as tasks, count(distinct creator_id) as accounts
    from (
      select creator_id, min(days) over (partition by late) as from_days, late
      from (
        select *, case when days = 1 then '1 day' when days <= 7 then '2 to 7 days'
          when days <= 28 then '8 to 28 days' else 'more than 28 days' end as late
        from (
          select creator_id, (date '${today}' - due_on)::bigint as days from (${work}) t
          where completed_at is null and due_on < date '${today}'
        ) as a
      ) as b
    ) as c
    group by late, from_days`,
}

describe('two nights of a small company', () => {
  let server: PostgresServer
  let client: Client
  let folder: string
  let project: Project
  const byNight = new Map<string, Map<string, Difference>>()

  /** Compared between the nights: production moves on. */
  async function compareAll(date: string): Promise<Map<string, Difference>> {
    const compared = new Map<string, Difference>()
    for (const table of TABLES) {
      const mirrored = join('intermediate', date, 'mirror', `production.${table}`)
      const text = await readFile(join(project.directory, mirrored), 'utf8')
      const urls = parseTableManifest(text, mirrored).parts.map(part => part.url)
      compared.set(`production.${table}`, await compareWithQuery(client, urls, `table ${table}`))
    }
    for (const [model, query] of Object.entries(QUERIES)) {
      const path = join(project.directory, 'results', date, `${model}.csv`)
      compared.set(model, await compareWithQuery(client, [path], query(date)))
    }
    return compared
  }

  beforeAll(async () => {
    process.env['FERRY_DEMO_SCALE'] = SCALE
    folder = await mkdtemp(join(tmpdir(), 'ferry-demo-'))
    server = await startPostgres()
    client = new Client(server.url)
    await client.connect()
    project = await makeProject(join(folder, 'first'), server.url)
    await play(project, 'seed')
    await runNight(project, NIGHTS[0])
    byNight.set(NIGHTS[0], await compareAll(NIGHTS[0]))
    for (const table of TABLES) {
      await client.query(`create temporary table old_${table} as table ${table}`)
    }
    await play(project, 'second-day')
    await runNight(project, NIGHTS[1])
    byNight.set(NIGHTS[1], await compareAll(NIGHTS[1]))
  }, 240_000)

  afterAll(async () => {
    await stopWarehouse(project)
    await client.end()
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  })

  describe.each(NIGHTS)('the night of %s', date => {
    test.each(TABLES)('mirrors %s so that PostgreSQL reads back every row as it was', table => {
      const difference = byNight.get(date)?.get(`production.${table}`)
      expect(difference).toEqual({ rows: expect.any(Number), unexpected: [], missing: [] })
      expect(difference?.rows).toBeGreaterThan(0)
    })

    test.each(Object.keys(QUERIES))('%s is what production itself says', model => {
      const difference = byNight.get(date)?.get(model)
      expect(difference).toEqual({ rows: expect.any(Number), unexpected: [], missing: [] })
      expect(difference?.rows).toBeGreaterThan(0)
    })

    test.each(TABLES)(
      '%s was proven to be in the warehouse as it was in production',
      async table => {
        const path = join(project.directory, 'results', date, 'compare', `production.${table}.json`)
        const report: unknown = JSON.parse(await readFile(path, 'utf8'))
        expect(report).toMatchObject({ equal: true, missing: 0, surplus: 0, different: 0 })
      },
    )

    test('every model is published and every check passes', async () => {
      const receipts = await readReceipts(project, date)
      const models = await readdir(join(project.directory, 'models'))
      expect(receipts.map(receipt => `${receipt.model}.sql`).sort()).toEqual(models.sort())
      const skipped = receipts.filter(receipt => receipt.state === 'skipped')
      expect(skipped.map(receipt => receipt.model)).toEqual(
        date === NIGHTS[0] ? ['weekly_report'] : [],
      )
      expect(receipts.flatMap(one => one.checks).filter(check => !check.passed)).toEqual([])
    })
  })

  test('tasks that were deleted between the nights are counted, and no others', async () => {
    const query = `
      select date_trunc('week', created_at)::date as week, count(*) as deleted,
        count(completed_at) as deleted_after_completion
      from old_tasks where id not in (select id from tasks) group by 1`
    const path = join(project.directory, 'results', NIGHTS[1], 'deleted_tasks.csv')
    const difference = await compareWithQuery(client, [path], query)
    expect(difference).toEqual({ rows: expect.any(Number), unexpected: [], missing: [] })
    expect(difference.rows).toBeGreaterThan(0)
  })

  test('the snapshots of both nights add up to what was made and what was deleted', async () => {
    const ofTable = (table: string): string => `
      select date '${NIGHTS[1]}' as day, '${table}' as table_name,
        (select count(*) from ${table}) as total,
        (select count(*) from ${table}) - (select count(*) from old_${table}) as change,
        (select max(id) from ${table}) - (select max(id) from old_${table}) as made`
    const second = TABLES.map(ofTable).join(' union all ')
    const first = TABLES.map(
      table => `select date '${NIGHTS[0]}', '${table}', count(*), null, null from old_${table}`,
    ).join(' union all ')
    const query = `select *, made - change as deleted from (${second} union all ${first}) as nights`
    const path = join(project.directory, 'results', NIGHTS[1], 'growth.csv')
    const difference = await compareWithQuery(client, [path], query)
    expect(difference).toEqual({ rows: 2 * TABLES.length, unexpected: [], missing: [] })
  })

  test('the demo itself ends well and writes the same bytes', async () => {
    const again = join(folder, 'second')
    const args = [demo, '--scale', SCALE, '--directory', again]
    const { stdout } = await promisify(execFile)(process.execPath, args)
    for (const date of NIGHTS) {
      const results = join('results', date)
      const names = (await readdir(join(project.directory, results))).filter(name =>
        name.endsWith('.csv'),
      )
      expect(names.length).toBeGreaterThan(20)
      for (const name of names) {
        const one = await readFile(join(project.directory, results, name))
        const other = await readFile(join(again, results, name))
        expect([date, name, other.equals(one)]).toEqual([date, name, true])
      }
    }
    const total = await client.query<{ n: string }>(`select count(*) n from (${accounts}) a`)
    const shown = Number(total.rows[0]?.n).toLocaleString('en')
    expect(stdout).toMatch(new RegExp(`accounts +[\\d,]+ +${shown}\\n`))
  }, 240_000)
})
