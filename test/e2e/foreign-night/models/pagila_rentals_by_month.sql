/*
result: csv
checks: [ { not_null: [month, rentals] } ]
*/
select date_trunc('month', rental_date)::date as month, count(*) as rentals,
  count(*) filter (where return_date is null) as not_returned
from <%= source('pagila', 'rental') %>
group by 1
order by 1
