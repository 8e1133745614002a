/*
description: Lines of each log format, counted and as the manifest says
owner: data@example.com
result: csv
checks:
  - unique: format
  - name: every line arrived
    expression: counted between said - files and said + files
*/
with counted as (
  select format, count(*) as counted, count(distinct path) as files from <%= source('files', 'log_lines') %> group by 1
), said as (
  select format_label as format, sum(lines) as said from <%= source('files', 'manifest') %> where kind = 'log' group by 1
)
select format, files, counted, said
from counted join said using (format)
order by 1
