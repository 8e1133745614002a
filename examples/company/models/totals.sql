/*
description: Rows of each production table, night by night
owner: data@tidylists.example
materialize: append
checks:
  - not_null: [day, table_name, total]
  - unique: [day, table_name]
*/
<% const tables = ['users', 'lists', 'memberships', 'tasks', 'subtasks', 'notes', 'reminders'] -%>
<% tables.forEach((table, index) => { -%>
<%= index > 0 ? 'union all' : '' %>
select date '<%= today %>' as day, '<%= table %>' as table_name, count(*) as total, max(id) as last_id
from <%= source('production', table) %>
<% }) -%>
