/*
description: Accounts, paying accounts and their share by country
owner: growth@tidylists.example
materialize: table
result: csv
checks:
  - unique: country
  - expression: paying <= accounts
*/
select
  country,
  count(*) as accounts,
  count(*) filter (where plan = 'pro') as paying,
  round(100.0 * count(*) filter (where plan = 'pro') / count(*), 1) as percent_paying
from <%= ref('accounts') %>
where closed_at is null
group by country
order by accounts desc, country
