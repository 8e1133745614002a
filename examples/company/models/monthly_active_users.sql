/*
description: Accounts that did anything in the 28 days up to each day
owner: product@tidylists.example
materialize: table
result: csv
checks:
  - unique: day
  - row_count: { min: 1 }
*/
select days.day, count(distinct active_days.user_id) as active
from <%= ref('days') %> as days
left join <%= ref('active_days') %> as active_days
  on active_days.day > days.day - 28 and active_days.day <= days.day
group by days.day
order by days.day
