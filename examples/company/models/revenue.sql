/*
description: Paying accounts and monthly revenue by country
owner: finance@tidylists.example
materialize: table
result: csv
checks:
  - unique: country
  - not_null: [monthly_revenue]
*/
select country, count(*) as paying, sum(monthly_price) as monthly_revenue
from <%= ref('accounts') %>
where plan = 'pro'
group by country
order by monthly_revenue desc, country
