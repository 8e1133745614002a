create schema if not exists files;
create or replace table files.snowplow_events as
select
  split_part(line, chr(9), 2) as platform,
  try_cast(split_part(line, chr(9), 4) as timestamp) as collector_time,
  split_part(line, chr(9), 6) as event,
  split_part(line, chr(9), 7) as event_id
from (select unnest(string_split(content, chr(10))) as line from read_text(<%= literal(`${data}/events/snowplow/*.tsv`) %>))
where line <> '';
select count(*) as "rows" from files.snowplow_events;
