/*
description: Rows of every loaded table of the two databases, to be compared with the databases' own counts
result: csv
*/
select 'pagila.actor' as name, count(*) as row_count from <%= source('pagila', 'actor') %>
union all select 'pagila.address', count(*) from <%= source('pagila', 'address') %>
union all select 'pagila.category', count(*) from <%= source('pagila', 'category') %>
union all select 'pagila.city', count(*) from <%= source('pagila', 'city') %>
union all select 'pagila.country', count(*) from <%= source('pagila', 'country') %>
union all select 'pagila.customer', count(*) from <%= source('pagila', 'customer') %>
union all select 'pagila.film', count(*) from <%= source('pagila', 'film') %>
union all select 'pagila.film_actor', count(*) from <%= source('pagila', 'film_actor') %>
union all select 'pagila.film_category', count(*) from <%= source('pagila', 'film_category') %>
union all select 'pagila.inventory', count(*) from <%= source('pagila', 'inventory') %>
union all select 'pagila.payment', count(*) from <%= source('pagila', 'payment') %>
union all select 'pagila.rental', count(*) from <%= source('pagila', 'rental') %>
union all select 'pagila.staff', count(*) from <%= source('pagila', 'staff') %>
union all select 'pagila.store', count(*) from <%= source('pagila', 'store') %>
union all select 'chinook.album', count(*) from <%= source('chinook', 'album') %>
union all select 'chinook.artist', count(*) from <%= source('chinook', 'artist') %>
union all select 'chinook.customer', count(*) from <%= source('chinook', 'customer') %>
union all select 'chinook.employee', count(*) from <%= source('chinook', 'employee') %>
union all select 'chinook.genre', count(*) from <%= source('chinook', 'genre') %>
union all select 'chinook.invoice', count(*) from <%= source('chinook', 'invoice') %>
union all select 'chinook.invoice_line', count(*) from <%= source('chinook', 'invoice_line') %>
union all select 'chinook.media_type', count(*) from <%= source('chinook', 'media_type') %>
union all select 'chinook.playlist', count(*) from <%= source('chinook', 'playlist') %>
union all select 'chinook.playlist_track', count(*) from <%= source('chinook', 'playlist_track') %>
union all select 'chinook.track', count(*) from <%= source('chinook', 'track') %>
order by 1
