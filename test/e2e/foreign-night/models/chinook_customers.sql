/*
materialize: view
*/
select customer_id, first_name, last_name, country, email from <%= source('chinook', 'customer') %>
