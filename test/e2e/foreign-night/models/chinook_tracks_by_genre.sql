/*
result: csv
checks: [ { unique: genre } ]
*/
select g.name as genre, count(*) as tracks, count(distinct al.artist_id) as artists
from <%= source('chinook', 'track') %> t
join <%= source('chinook', 'genre') %> g on g.genre_id = t.genre_id
join <%= source('chinook', 'album') %> al on al.album_id = t.album_id
group by 1
order by 1
