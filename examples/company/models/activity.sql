/*
description: What each account did on each day, by kind
owner: data@tidylists.example
materialize: table
checks:
  - not_null: [user_id, day, action]
  - unique: [user_id, day, action]
  - accepted_values: { column: action, values: [task_created, task_completed, note, reminder, list] }
*/
with actions as (
  select creator_id as user_id, created_at as at, 'task_created' as action from <%= ref('tasks') %>
  union all
  select doer_id, completed_at, 'task_completed' from <%= ref('tasks') %> where completed_at is not null
  union all
  select author_id, created_at at time zone 'UTC', 'note' from <%= source('production', 'notes') %>
  union all
  select user_id, created_at at time zone 'UTC', 'reminder' from <%= source('production', 'reminders') %>
  union all
  select owner_id, created_at, 'list' from <%= ref('lists') %>
)
select actions.user_id, actions.at::date as day, actions.action, count(*) as times
from actions
join <%= ref('accounts') %> as accounts on accounts.id = actions.user_id
where actions.at < timestamp '<%= today %>'
group by all
order by all
