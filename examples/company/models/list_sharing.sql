/*
description: Lists made and shared by week, and how many invitations were accepted
owner: product@tidylists.example
materialize: table
result: csv
checks:
  - unique: week
  - expression: shared <= lists and joined <= invited
*/
select
  date_trunc('week', created_at)::date as week,
  count(*) as lists,
  count(*) filter (where invited > 0) as shared,
  round(100.0 * count(*) filter (where invited > 0) / count(*), 1) as percent_shared,
  sum(invited)::bigint as invited,
  sum(joined)::bigint as joined
from <%= ref('lists') %>
group by week
order by week
