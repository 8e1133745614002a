/*
description: Tasks of accounts; times in UTC
owner: data@tidylists.example
materialize: table
checks:
  - not_null: [id, list_id, creator_id, created_at]
  - unique: id
  - relationships: { column: creator_id, to: accounts, field: id }
  - expression: completed_at >= created_at or completed_at is null
  - row_count: { min: 1 }
*/
select
  tasks.id,
  tasks.list_id,
  tasks.creator_id,
  coalesce(tasks.assignee_id, tasks.creator_id) as doer_id,
  tasks.title,
  tasks.starred,
  tasks.due_on,
  tasks.created_at at time zone 'UTC' as created_at,
  tasks.completed_at at time zone 'UTC' as completed_at
from <%= source('production', 'tasks') %> as tasks
join <%= ref('accounts') %> as accounts on accounts.id = tasks.creator_id
where tasks.created_at < timestamptz '<%= today %> 00:00:00+00'
order by tasks.id
