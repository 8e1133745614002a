/*
result: csv
checks:
  - relationships: { column: customer_id, to: chinook_customers, field: customer_id }
*/
select customer_id, sum(total) as revenue
from <%= source('chinook', 'invoice') %>
group by 1
order by revenue desc, customer_id
limit 20
