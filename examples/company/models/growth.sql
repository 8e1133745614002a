/*
description: How each production table grew from night to night; what was made and is not there was deleted
owner: data@tidylists.example
materialize: table
result: csv
checks:
  - unique: [day, table_name]
  - expression: deleted >= 0 or deleted is null
*/
select
  day,
  table_name,
  total,
  total - lag(total) over nights as change,
  last_id - lag(last_id) over nights as made,
  made - change as deleted
from <%= ref('totals') %>
where day <= date '<%= today %>'
window nights as (partition by table_name order by day)
order by day, table_name
