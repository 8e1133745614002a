create schema if not exists files;
create or replace table files.log_lines as
select * from read_csv(<%= literal(file) %>, delim = '\t', header = false, quote = '', escape = '',
  columns = { format: 'varchar', path: 'varchar', line: 'bigint', text: 'varchar' }, max_line_size = 10000000);
select count(*) as "rows" from files.log_lines;
