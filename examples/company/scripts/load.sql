<%# Loads one dumped table into the schema `production`. It is built beside the one that is there;
    whoever reads sees the old table or the new one, never a half and never none. -%>
<% const live = `production.${identifier(table)}` -%>
<% const build = `production.${identifier(`__loading_${table}`)}` -%>
create schema if not exists production;
set variable types = (
  select list(
    case data_type
      when 'timestamp with time zone' then 'TIMESTAMPTZ'
      when 'numeric' then 'DECIMAL(18, 2)'
      when 'text' then 'VARCHAR'
      else upper(data_type)
    end
    order by ordinal_position
  )
  from read_csv(<%= literal(columns) %>)
  where table_name = <%= literal(table) %>
);
drop table if exists <%= build %>;
create table <%= build %> as
from read_csv(
  <%= literal(file) %>,
  header = true,
  types = getvariable('types'),
  delim = ',', quote = '"', escape = '"',
  nullstr = '', allow_quoted_nulls = false, -- nothing between two commas is NULL, "" is empty
  strict_mode = true
);
begin;
drop table if exists <%= live %>;
alter table <%= build %> rename to <%= identifier(table) %>;
commit;
select count(*) as "rows" from <%= live %>;
