select * from <%= identifier(table) %> order by 1, 2
