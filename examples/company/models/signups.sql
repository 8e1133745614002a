/*
description: Sign-ups and confirmations by day
owner: growth@tidylists.example
materialize: table
result: csv
checks:
  - not_null: [day, signups]
  - unique: day
  - expression: confirmed <= signups
*/
select
  days.day,
  count(accounts.id) as signups,
  count(accounts.confirmed_at) as confirmed,
  sum(count(accounts.id)) over (order by days.day)::bigint as signups_so_far
from <%= ref('days') %> as days
left join <%= ref('accounts') %> as accounts on accounts.signed_up_at::date = days.day
group by days.day
order by days.day
