/*
description: The numbers that everybody asks for first, as of yesterday
owner: management@tidylists.example
materialize: table
result: csv
checks:
  - unique: position
  - not_null: [kpi, value]
*/
with last_day as (
  select date '<%= yesterday %>' as day
),
numbers as (
  select 1 as position, 'accounts' as kpi, count(*) as value, null as unit from <%= ref('accounts') %>
  union all
  select 2, 'sign-ups that day', signups, null from <%= ref('signups') %> join last_day using (day)
  union all
  select 3, 'active that day', active, null from <%= ref('daily_active_users') %> join last_day using (day)
  union all
  select 4, 'active in 28 days', active, null from <%= ref('monthly_active_users') %> join last_day using (day)
  union all
  select 5, 'daily over monthly active', round(100.0 * daily.active / monthly.active, 1), '%'
  from last_day
  join <%= ref('daily_active_users') %> as daily using (day)
  join <%= ref('monthly_active_users') %> as monthly using (day)
  union all
  select 6, 'retained after 4 weeks', round(100.0 * sum(active) / sum(accounts), 1), '%'
  from <%= ref('retention') %>
  where week = 4
  union all
  select 7, 'tasks', count(*), null from <%= ref('tasks') %>
  union all
  select 8, 'tasks created that day', created, null from <%= ref('tasks_by_day') %> join last_day using (day)
  union all
  select 9, 'tasks completed that day', completed, null from <%= ref('tasks_by_day') %> join last_day using (day)
  union all
  select 10, 'completed within a week', round(100.0 * sum(completed_in_a_week) / sum(created), 1), '%'
  from <%= ref('completion_rate') %>
  where week < date '<%= today %>' - 14
  union all
  select 11, 'overdue tasks', sum(tasks), null from <%= ref('overdue_tasks') %>
  union all
  select 12, 'lists shared', round(100.0 * sum(shared) / sum(lists), 1), '%' from <%= ref('list_sharing') %>
  union all
  select 13, 'tasks deleted since the first night', coalesce(sum(deleted), 0), null from <%= ref('deleted_tasks') %>
  union all
  select 14, 'monthly revenue', coalesce(sum(monthly_revenue), 0), '€' from <%= ref('revenue') %>
)
select position, kpi, value::decimal(18, 2) as value, unit from numbers order by position
