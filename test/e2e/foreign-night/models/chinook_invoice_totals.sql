/*
description: Invoices against the sum of their lines
result: csv
checks:
  - expression: total = lines_total
*/
select i.invoice_id, i.total, sum(l.unit_price * l.quantity) as lines_total
from <%= source('chinook', 'invoice') %> i
join <%= source('chinook', 'invoice_line') %> l on l.invoice_id = i.invoice_id
group by 1, 2
order by 1
