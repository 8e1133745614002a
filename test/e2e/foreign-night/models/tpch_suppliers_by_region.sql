/*
result: csv
*/
select r.r_name as region, count(*) as suppliers, sum(s.s_acctbal) as balance
from <%= source('tpch', 'supplier') %> s
join <%= source('tpch', 'nation') %> n on n.n_nationkey = s.s_nationkey
join <%= source('tpch', 'region') %> r on r.r_regionkey = n.n_regionkey
group by 1
order by 1
