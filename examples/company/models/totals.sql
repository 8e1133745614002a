/*
description: Rows of each production table, night by night
owner: data@tidylists.example
materialize: append
checks:
  - not_null: [day, table_name, total]
  - unique: [day, table_name]
*/
select date '<%= today %>' as day, 'users' as table_name, count(*) as total, max(id) as last_id
from <%= source('production', 'users') %>
union all
select date '<%= today %>' as day, 'lists' as table_name, count(*) as total, max(id) as last_id
from <%= source('production', 'lists') %>
union all
select date '<%= today %>' as day, 'memberships' as table_name, count(*) as total, max(id) as last_id
from <%= source('production', 'memberships') %>
union all
select date '<%= today %>' as day, 'tasks' as table_name, count(*) as total, max(id) as last_id
from <%= source('production', 'tasks') %>
union all
select date '<%= today %>' as day, 'subtasks' as table_name, count(*) as total, max(id) as last_id
from <%= source('production', 'subtasks') %>
union all
select date '<%= today %>' as day, 'notes' as table_name, count(*) as total, max(id) as last_id
from <%= source('production', 'notes') %>
union all
select date '<%= today %>' as day, 'reminders' as table_name, count(*) as total, max(id) as last_id
from <%= source('production', 'reminders') %>
