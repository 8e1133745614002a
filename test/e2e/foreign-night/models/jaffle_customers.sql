/*
description: Customers with their orders and payments
result: csv
checks:
  - unique: customer_id
  - not_null: [customer_id, first_name]
*/
select c.id as customer_id, c.first_name, min(o.order_date) as first_order, count(distinct o.id) as orders,
  coalesce(sum(p.amount), 0) / 100 as paid
from <%= source('jaffle', 'raw_customers') %> c
left join <%= source('jaffle', 'raw_orders') %> o on o.user_id = c.id
left join <%= source('jaffle', 'raw_payments') %> p on p.order_id = o.id
group by 1, 2
order by 1
