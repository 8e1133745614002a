/*
description: Accounts that did anything, by day
owner: product@tidylists.example
materialize: table
result: csv
checks:
  - not_null: [day, active]
  - unique: day
*/
select
  days.day,
  count(active_days.user_id) as active,
  coalesce(sum(active_days.actions), 0)::bigint as actions
from <%= ref('days') %> as days
left join <%= ref('active_days') %> as active_days on active_days.day = days.day
group by days.day
order by days.day
