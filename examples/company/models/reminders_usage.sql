/*
description: Reminders set, sent and opened by week and channel
owner: product@tidylists.example
materialize: table
result: csv
checks:
  - unique: [week, channel]
  - accepted_values: { column: channel, values: [push, email] }
  - expression: opened <= sent and sent <= set
*/
select
  date_trunc('week', created_at at time zone 'UTC')::date as week,
  channel,
  count(*) as set,
  count(sent_at) as sent,
  count(opened_at) as opened,
  round(100.0 * count(opened_at) / nullif(count(sent_at), 0), 1) as percent_opened
from <%= source('production', 'reminders') %>
where created_at < timestamptz '<%= today %> 00:00:00+00'
group by week, channel
order by week, channel
