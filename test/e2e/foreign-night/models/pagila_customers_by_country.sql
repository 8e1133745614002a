/*
result: csv
*/
select co.country, count(*) as customers
from <%= source('pagila', 'customer') %> c
join <%= source('pagila', 'address') %> a on a.address_id = c.address_id
join <%= source('pagila', 'city') %> ci on ci.city_id = a.city_id
join <%= source('pagila', 'country') %> co on co.country_id = ci.country_id
group by 1
order by 2 desc, 1
