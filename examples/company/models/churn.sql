/*
description: Accounts closed by month, against those that were open when the month began
owner: growth@tidylists.example
materialize: table
result: csv
checks:
  - unique: month
*/
with months as (
  select distinct month from <%= ref('days') %>
)
select
  months.month,
  count(*) filter (where signed_up_at < months.month and (closed_at is null or closed_at >= months.month))
    as open_at_start,
  count(*) filter (where date_trunc('month', signed_up_at) = months.month) as signed_up,
  count(*) filter (where date_trunc('month', closed_at) = months.month) as closed
from months
cross join <%= ref('accounts') %>
group by months.month
order by months.month
