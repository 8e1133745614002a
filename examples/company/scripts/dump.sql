-- One production table, whole, in the order of its ids: the same rows give the same bytes.
select * from <%= identifier(table) %> order by id
