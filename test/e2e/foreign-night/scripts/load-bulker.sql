create schema if not exists files;
create or replace table files.bulker_events as
select filename, line, json_valid(line) as is_json
from (
  select filename, unnest(string_split(content, chr(10))) as line
  from read_text(<%= literal(`${data}/events/bulker/*.ndjson`) %>)
)
where trim(line) <> '';
select count(*) as "rows" from files.bulker_events;
