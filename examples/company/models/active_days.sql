/*
description: One row for each account and day on which it did anything
owner: data@tidylists.example
materialize: table
checks:
  - unique: [user_id, day]
*/
select user_id, day, sum(times)::bigint as actions
from <%= ref('activity') %>
group by user_id, day
order by user_id, day
