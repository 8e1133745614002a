/*
description: Where sign-ups come from, by week
owner: growth@tidylists.example
materialize: table
result: csv
checks:
  - unique: [week, channel]
*/
select
  date_trunc('week', signed_up_at)::date as week,
  channel,
  count(*) as signups,
  round(100.0 * count(*) / sum(count(*)) over (partition by week), 1) as percent
from <%= ref('accounts') %>
group by week, channel
order by week, signups desc, channel
