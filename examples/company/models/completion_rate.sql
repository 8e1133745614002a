/*
description: Share of the tasks of a week that were completed, within a week and ever
owner: product@tidylists.example
materialize: table
result: csv
checks:
  - unique: week
  - expression: completed_in_a_week <= completed
*/
select
  date_trunc('week', created_at)::date as week,
  count(*) as created,
  count(*) filter (where completed_at < created_at + interval 7 days) as completed_in_a_week,
  count(completed_at) as completed,
  round(100.0 * completed_in_a_week / count(*), 1) as percent_in_a_week,
  round(100.0 * count(completed_at) / count(*), 1) as percent,
  round(median(date_diff('minute', created_at, completed_at)) / 60, 1) as median_hours
from <%= ref('tasks') %>
group by week
order by week
