/*
description: What the record shop sold, by the buyer's country
owner: data@example.com
result: csv
checks:
  - unique: country
  - expression: revenue > 0
*/
select billing_country as country, count(*) as invoices, sum(total) as revenue
from <%= source('chinook', 'invoice') %>
group by 1
order by 1
