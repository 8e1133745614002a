/*
description: Notes by month, how long they are, and the share of tasks that have one
owner: product@tidylists.example
materialize: table
result: csv
checks:
  - unique: month
*/
with by_month as (
  select date_trunc('month', created_at)::date as month, count(*) as tasks
  from <%= ref('tasks') %>
  group by all
),
with_notes as (
  select
    date_trunc('month', tasks.created_at)::date as month,
    count(*) as notes,
    count(distinct tasks.id) as tasks,
    sum(length(notes.body)) as characters
  from <%= source('production', 'notes') %> as notes
  join <%= ref('tasks') %> as tasks on tasks.id = notes.task_id
  group by all
)
select
  by_month.month,
  by_month.tasks,
  coalesce(with_notes.notes, 0) as notes,
  round(100.0 * coalesce(with_notes.tasks, 0) / by_month.tasks, 1) as percent_of_tasks,
  round(with_notes.characters / with_notes.notes, 1) as characters_a_note
from by_month
left join with_notes on with_notes.month = by_month.month
order by by_month.month
