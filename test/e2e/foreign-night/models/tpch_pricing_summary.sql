/*
description: TPC-H query 1
result: csv
*/
select l_returnflag, l_linestatus, sum(l_quantity) as quantity,
  sum(l_extendedprice * (1 - l_discount)) as discounted, count(*) as orders
from <%= source('tpch', 'lineitem') %>
where l_shipdate <= date '1998-09-02'
group by 1, 2
order by 1, 2
