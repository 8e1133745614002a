/*
description: Tasks by how many subtasks they have, and how many of those are done
owner: product@tidylists.example
materialize: table
result: csv
checks:
  - unique: subtasks
*/
with counted as (
  select tasks.id, count(subtasks.id) as subtasks, count(*) filter (where subtasks.done) as done
  from <%= ref('tasks') %> as tasks
  left join <%= source('production', 'subtasks') %> as subtasks on subtasks.task_id = tasks.id
  group by tasks.id
)
select
  subtasks,
  count(*) as tasks,
  sum(done)::bigint as done,
  round(100.0 * sum(done) / nullif(sum(subtasks), 0), 1) as percent_done
from counted
group by subtasks
order by subtasks
