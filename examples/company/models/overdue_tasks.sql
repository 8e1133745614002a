/*
description: Open tasks past their due day, by how late they are
owner: product@tidylists.example
materialize: table
result: csv
checks:
  - unique: late
*/
with overdue as (
  select id, creator_id, date_diff('day', due_on, date '<%= today %>') as days
  from <%= ref('tasks') %>
  where completed_at is null and due_on < date '<%= today %>'
)
select
  case
    when days = 1 then '1 day'
    when days <= 7 then '2 to 7 days'
    when days <= 28 then '8 to 28 days'
    else 'more than 28 days'
  end as late,
  min(days) as from_days,
  count(*) as tasks,
  count(distinct creator_id) as accounts
from overdue
group by late
order by from_days
