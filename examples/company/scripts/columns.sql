-- The columns of all production tables with their types, for loading them as they are.
select table_name, column_name, data_type, ordinal_position
from information_schema.columns
where table_schema = current_schema()
order by table_name, ordinal_position
