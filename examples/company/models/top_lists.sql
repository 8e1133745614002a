/*
description: The 50 longest lists, with titles as their owners wrote them
owner: product@tidylists.example
materialize: table
result: csv
checks:
  - unique: list_id
  - row_count: { max: 50 }
*/
select
  lists.id as list_id,
  lists.title,
  accounts.name as owner,
  lists.joined as guests,
  count(*) as tasks,
  count(tasks.completed_at) as completed
from <%= ref('lists') %> as lists
join <%= ref('accounts') %> as accounts on accounts.id = lists.owner_id
join <%= ref('tasks') %> as tasks on tasks.list_id = lists.id
group by all
order by tasks desc, list_id
limit 50
