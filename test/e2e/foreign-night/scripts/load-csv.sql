<%# One table from one CSV file: built beside, swapped in one transaction. -%>
<% const live = `${identifier(schema)}.${identifier(table)}` -%>
<% const build = `${identifier(schema)}.${identifier(`__loading_${table}`)}` -%>
create schema if not exists <%= identifier(schema) %>;
drop table if exists <%= build %>;
create table <%= build %> as
select * from read_csv(<%= literal(file) %>, header = true, sample_size = -1, allow_quoted_nulls = false);
begin;
drop table if exists <%= live %>;
alter table <%= build %> rename to <%= identifier(table) %>;
commit;
select count(*) as "rows" from <%= live %>;
