/*
description: Invoices against the sum of their lines
result: csv
checks:
  - expression: total = lines_total
*/
select i.invoice_id, i.total::decimal(10, 2) as total, sum(l.unit_price::decimal(10, 2) * l.quantity) as lines_total
from <%= source('chinook', 'invoice') %> i
join <%= source('chinook', 'invoice_line') %> l on l.invoice_id = i.invoice_id
group by 1, 2
order by 1
