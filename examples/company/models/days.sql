/*
description: Every day since the app opened, up to yesterday
owner: data@tidylists.example
materialize: table
checks:
  - unique: day
*/
select
  cast(day as date) as day,
  cast(date_trunc('week', day) as date) as week,
  cast(date_trunc('month', day) as date) as month
from (
  select unnest(generate_series(min(signed_up_at)::date, date '<%= yesterday %>', interval 1 day)) as day
  from <%= ref('accounts') %>
)
order by day
