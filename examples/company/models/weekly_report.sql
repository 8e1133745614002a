/*
description: The week that has just ended, in one row; made on Sundays only
owner: management@tidylists.example
materialize: table
schedule: '* * 0'
result: csv
checks:
  - row_count: { min: 1, max: 1 }
*/
with last_week as (
  select cast(date_trunc('week', date '<%= yesterday %>') as date) as week
),
new_accounts as (
  select sum(signups)::bigint as signups
  from <%= ref('signups') %>
  where day >= (select week from last_week)
),
work as (
  select sum(created)::bigint as created, sum(completed)::bigint as completed
  from <%= ref('tasks_by_day') %>
  where day >= (select week from last_week)
)
select
  last_week.week,
  new_accounts.signups,
  weekly.active,
  work.created as tasks_created,
  work.completed as tasks_completed
from last_week
cross join new_accounts
cross join work
join <%= ref('weekly_active_users') %> as weekly using (week)
