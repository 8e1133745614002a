create schema if not exists files;
create or replace table files.manifest as
select path, kind, format_label, lines from read_csv(<%= literal(`${data}/MANIFEST.tsv`) %>, delim = '\t', header = true, quote = '', escape = '', sample_size = -1);
select count(*) as "rows" from files.manifest;
