/*
result: csv
checks:
  - expression: broken = 0
    severity: warn
*/
select regexp_extract(filename, '[^/]+$') as file, count(*) as lines, count(*) filter (where not is_json) as broken
from <%= source('files', 'bulker_events') %>
group by 1
order by 1
