/*
result: csv
checks: [ { row_count: { min: 2, max: 2 } } ]
*/
select s.store_id, count(*) as payments, sum(p.amount) as revenue
from <%= source('pagila', 'payment') %> p
join <%= source('pagila', 'staff') %> s on s.staff_id = p.staff_id
group by 1
order by 1
