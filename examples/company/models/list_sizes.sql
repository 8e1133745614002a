/*
description: How many lists have how many tasks
owner: product@tidylists.example
materialize: table
result: csv
checks:
  - unique: size
*/
with sizes as (
  select lists.id, count(tasks.id) as tasks
  from <%= ref('lists') %> as lists
  left join <%= ref('tasks') %> as tasks on tasks.list_id = lists.id
  group by lists.id
)
select
  case
    when tasks = 0 then 'empty'
    when tasks = 1 then '1'
    when tasks < 5 then '2 to 4'
    when tasks < 10 then '5 to 9'
    when tasks < 25 then '10 to 24'
    when tasks < 100 then '25 to 99'
    else '100 and more'
  end as size,
  min(tasks) as smallest,
  count(*) as lists,
  sum(tasks)::bigint as tasks
from sizes
group by size
order by smallest
