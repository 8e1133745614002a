/*
description: Daily over monthly active accounts, averaged by week
owner: product@tidylists.example
materialize: table
result: csv
checks:
  - unique: week
  - expression: percent between 0 and 100
*/
select
  days.week,
  round(100.0 * sum(daily.active) / sum(monthly.active), 1) as percent
from <%= ref('days') %> as days
join <%= ref('daily_active_users') %> as daily on daily.day = days.day
join <%= ref('monthly_active_users') %> as monthly on monthly.day = days.day
group by days.week
having sum(monthly.active) > 0
order by days.week
