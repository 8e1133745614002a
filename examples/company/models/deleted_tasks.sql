/*
description: Tasks that an earlier night saw and that are gone from production, by week of creation
owner: product@tidylists.example
materialize: table
result: csv
checks:
  - unique: week
*/
select
  date_trunc('week', history.created_at at time zone 'UTC')::date as week,
  count(*) as deleted,
  count(history.completed_at) as deleted_after_completion
from <%= ref('task_history') %> as history
where not exists (
  select 1 from <%= source('production', 'tasks') %> as tasks where tasks.id = history.id
)
group by week
order by week
