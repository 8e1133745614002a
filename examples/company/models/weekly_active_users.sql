/*
description: Accounts that did anything, by week; the last week may still be running
owner: product@tidylists.example
materialize: table
result: csv
checks:
  - unique: week
*/
select
  date_trunc('week', day)::date as week,
  count(distinct user_id) as active,
  count(distinct day) as days
from <%= ref('active_days') %>
group by week
order by week
