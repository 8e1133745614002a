/*
result: csv
*/
select format, count(*) filter (where text ilike '%error%') as errors, count(*) as lines
from <%= source('files', 'log_lines') %>
group by 1
having errors > 0
order by errors desc, format
