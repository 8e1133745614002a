/*
result: csv
*/
select c.name as category, count(*) as films, count(r.rental_id) as rentals
from <%= source('pagila', 'film_category') %> fc
join <%= source('pagila', 'category') %> c on c.category_id = fc.category_id
left join <%= source('pagila', 'inventory') %> i on i.film_id = fc.film_id
left join <%= source('pagila', 'rental') %> r on r.inventory_id = i.inventory_id
group by 1
order by 1
