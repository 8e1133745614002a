/*
result: csv
*/
select event, count(*) as events, count(distinct event_id) as distinct_events
from <%= source('files', 'snowplow_events') %>
group by 1
order by 1
