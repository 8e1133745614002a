/*
description: Titles that break careless tools, and how often people write them
owner: data@tidylists.example
materialize: view
result: csv
checks:
  - unique: title
    severity: warn
*/
select title, length(title) as characters, count(*) as tasks
from <%= ref('tasks') %>
where regexp_matches(title, '[,"\\\t\r\n]') or trim(title) in ('', 'NULL')
group by title
order by tasks desc, title
