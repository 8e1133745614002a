/*
description: Tasks created and completed by day, and those open at its end
owner: product@tidylists.example
materialize: table
result: csv
checks:
  - not_null: [day, created, completed]
  - unique: day
  - expression: open_at_end >= 0
*/
with created as (
  select created_at::date as day, count(*) as tasks from <%= ref('tasks') %> group by all
),
completed as (
  select completed_at::date as day, count(*) as tasks
  from <%= ref('tasks') %>
  where completed_at < timestamp '<%= today %>'
  group by all
)
select
  days.day,
  coalesce(created.tasks, 0) as created,
  coalesce(completed.tasks, 0) as completed,
  sum(coalesce(created.tasks, 0) - coalesce(completed.tasks, 0))
    over (order by days.day)::bigint as open_at_end
from <%= ref('days') %> as days
left join created on created.day = days.day
left join completed on completed.day = days.day
order by days.day
