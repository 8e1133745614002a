/**
 * The part of SQL Server's catalog that Ferry reads, as views over DuckDB's own. Types are those that
 * were declared (the translation keeps them in ferry_tds.declared), else what DuckDB's type comes to.
 */
const DEFAULTS = `(VALUES ('BOOLEAN', 'bit', 1, 1, 0), ('UTINYINT', 'tinyint', 1, 3, 0),
    ('SMALLINT', 'smallint', 2, 5, 0), ('INTEGER', 'int', 4, 10, 0), ('BIGINT', 'bigint', 8, 19, 0),
    ('HUGEINT', 'decimal', 17, 38, 0), ('FLOAT', 'real', 4, 24, 0), ('DOUBLE', 'float', 8, 53, 0),
    ('DATE', 'date', 3, 10, 0), ('TIME', 'time', 5, 16, 7), ('TIMESTAMP', 'datetime2', 8, 27, 7),
    ('TIMESTAMP WITH TIME ZONE', 'datetimeoffset', 10, 34, 7), ('UUID', 'uniqueidentifier', 16, 0, 0),
    ('BLOB', 'varbinary', -1, 0, 0), ('VARCHAR', 'nvarchar', -1, 0, 0))
    AS d (duckdb, name, max_length, precision, scale)`

const HIDDEN = `('sys', 'ferry_tds')`

export const CATALOG: readonly string[] = [
  'CREATE SCHEMA dbo',
  'CREATE SCHEMA sys',
  'CREATE SCHEMA ferry_tds',
  'CREATE SEQUENCE ferry_tds.identities',
  // Floats as styles 2 and 3 of CONVERT print them; style 2 of bytes is hexadecimal.
  `CREATE MACRO ferry_tds.scientific(x, decimals) AS regexp_replace(
    printf('%.' || decimals || 'e', CAST(CAST(x AS VARCHAR) AS DOUBLE)), 'e([-+])(\\d\\d)$', 'e\\10\\2')`,
  `CREATE MACRO ferry_tds.style2(x) AS CASE WHEN typeof(x) IN ('FLOAT', 'DOUBLE') THEN ferry_tds.scientific(x, 15)
    ELSE upper(hex(CAST(CAST(x AS VARCHAR) AS BLOB))) END`,
  // A moment with seven digits.
  `CREATE MACRO ferry_tds.style121(x) AS CASE WHEN typeof(x) NOT IN ('TIME', 'TIMESTAMP') THEN CAST(x AS VARCHAR)
    WHEN contains(CAST(x AS VARCHAR), '.') THEN rpad(CAST(x AS VARCHAR), CAST(strpos(CAST(x AS VARCHAR), '.') + 7 AS INTEGER), '0')
    ELSE CAST(x AS VARCHAR) || '.0000000' END`,
  `CREATE MACRO ferry_tds.cut(x, digits) AS x - x % CAST(1 / power(10, digits) AS DECIMAL(18, 16))`,
  `CREATE TABLE ferry_tds.sessions (session_id INTEGER, program_name VARCHAR, began TIMESTAMP,
    requested TIMESTAMP, command VARCHAR)`,
  'CREATE TABLE ferry_tds.externals (kind VARCHAR, name VARCHAR)',
  'CREATE TABLE ferry_tds.bounds (schema_name VARCHAR, table_name VARCHAR, column_name VARCHAR, value DATE)',
  'CREATE TABLE ferry_tds.unique_indexes (table_oid BIGINT, column_names VARCHAR[])',
  `CREATE TABLE ferry_tds.declared (schema_name VARCHAR, table_name VARCHAR, column_name VARCHAR,
    type_name VARCHAR, max_length INTEGER, precision INTEGER, scale INTEGER)`,
  `CREATE VIEW sys.schemas AS SELECT oid AS schema_id, schema_name AS name FROM duckdb_schemas()
    WHERE database_name = current_database() AND NOT internal AND schema_name NOT IN ${HIDDEN}`,
  `CREATE VIEW sys.tables AS SELECT table_oid AS object_id, table_name AS name, s.schema_id,
      'U' AS type, 0 AS is_ms_shipped, CAST(0 AS UTINYINT) AS temporal_type
    FROM duckdb_tables() t JOIN sys.schemas s ON s.name = t.schema_name
    WHERE t.database_name = current_database() AND NOT temporary`,
  `CREATE VIEW sys.views AS SELECT view_oid AS object_id, view_name AS name, s.schema_id,
      'V' AS type, 0 AS is_ms_shipped, CAST(0 AS UTINYINT) AS temporal_type
    FROM duckdb_views() t JOIN sys.schemas s ON s.name = t.schema_name
    WHERE t.database_name = current_database() AND NOT temporary`,
  `CREATE VIEW sys.external_tables AS SELECT object_id, name FROM sys.views
    WHERE name IN (SELECT name FROM ferry_tds.externals WHERE kind = 'table')`,
  "CREATE VIEW sys.external_file_formats AS SELECT name FROM ferry_tds.externals WHERE kind = 'format'",
  "CREATE VIEW sys.external_data_sources AS SELECT name FROM ferry_tds.externals WHERE kind = 'source'",
  'CREATE VIEW sys.objects AS SELECT * FROM sys.tables UNION ALL SELECT * FROM sys.views',
  `CREATE VIEW sys.types AS SELECT DISTINCT name, hash(name) % 100000 AS user_type_id,
      name IN ('hierarchyid', 'geometry', 'geography') AS is_assembly_type FROM (
    SELECT name FROM ${DEFAULTS} UNION ALL SELECT type_name FROM ferry_tds.declared)`,
  `CREATE VIEW sys.columns AS SELECT o.object_id, c.column_name AS name, c.column_index AS column_id,
      hash(coalesce(f.type_name, d.name, 'decimal')) % 100000 AS user_type_id,
      user_type_id AS system_type_id, false AS is_masked,
      coalesce(f.max_length, d.max_length, 17) AS max_length,
      coalesce(f.precision, d.precision, c.numeric_precision) AS precision,
      coalesce(f.scale, d.scale, c.numeric_scale) AS scale,
      c.is_nullable, false AS is_computed
    FROM duckdb_columns() c
    JOIN sys.schemas s ON s.name = c.schema_name
    JOIN sys.objects o ON o.schema_id = s.schema_id AND o.name = c.table_name
    LEFT JOIN ferry_tds.declared f ON lower(f.schema_name) = lower(c.schema_name)
      AND lower(f.table_name) = lower(c.table_name) AND lower(f.column_name) = lower(c.column_name)
    LEFT JOIN ${DEFAULTS} ON d.duckdb = c.data_type
    WHERE c.database_name = current_database()`,
  `CREATE VIEW sys.indexes AS SELECT c.table_oid AS object_id,
      row_number() OVER (PARTITION BY c.table_oid ORDER BY c.constraint_index) AS index_id,
      c.constraint_type = 'PRIMARY KEY' AS is_primary_key, true AS is_unique,
      false AS has_filter, false AS is_disabled, c.table_oid AS data_space_id,
      c.constraint_column_names AS ferry_columns
    FROM (SELECT table_oid, constraint_index, constraint_type, constraint_column_names
        FROM duckdb_constraints()
        WHERE constraint_type IN ('PRIMARY KEY', 'UNIQUE') AND database_name = current_database()
      UNION ALL SELECT table_oid, 1000 + rowid, 'UNIQUE', column_names FROM ferry_tds.unique_indexes) c
    UNION ALL SELECT table_oid, 0, false, false, false, false, table_oid, [] FROM duckdb_tables()
      WHERE database_name = current_database() AND NOT temporary`,
  `CREATE VIEW sys.partition_schemes AS SELECT DISTINCT t.table_oid AS data_space_id, t.table_oid AS function_id
    FROM duckdb_tables() t JOIN ferry_tds.bounds b ON lower(b.schema_name) = lower(t.schema_name)
      AND lower(b.table_name) = lower(t.table_name)`,
  `CREATE VIEW sys.partition_range_values AS SELECT t.table_oid AS function_id, b.value
    FROM duckdb_tables() t JOIN ferry_tds.bounds b ON lower(b.schema_name) = lower(t.schema_name)
      AND lower(b.table_name) = lower(t.table_name)`,
  `CREATE VIEW sys.index_columns AS SELECT i.object_id, i.index_id, k.n AS key_ordinal, c.column_id,
      false AS is_included_column
    FROM sys.indexes i, LATERAL (SELECT unnest(i.ferry_columns) AS name,
      generate_subscripts(i.ferry_columns, 1) AS n) k
    JOIN sys.columns c ON c.object_id = i.object_id AND c.name = k.name`,
  `CREATE VIEW sys.partitions AS SELECT table_oid AS object_id, 1 AS index_id, table_oid AS partition_id,
      estimated_size AS rows FROM duckdb_tables() WHERE database_name = current_database()`,
  // As if a row had 50 bytes.
  `CREATE VIEW sys.allocation_units AS SELECT partition_id AS container_id,
      CAST(rows * 50 // 8192 AS BIGINT) AS used_pages FROM sys.partitions`,
  `CREATE VIEW sys.databases AS SELECT 'ferry' AS name, 5 AS database_id, CAST(1 AS UTINYINT) AS snapshot_isolation_state,
      CAST(NULL AS UUID) AS replica_id`,
  `CREATE VIEW sys.dm_exec_sessions AS SELECT session_id, program_name, 5 AS database_id,
      true AS is_user_process FROM ferry_tds.sessions`,
  `CREATE VIEW sys.dm_exec_requests AS SELECT session_id, requested AS start_time, command, 5 AS database_id
    FROM ferry_tds.sessions WHERE requested IS NOT NULL`,
  `CREATE VIEW sys.dm_tran_session_transactions AS SELECT session_id, session_id AS transaction_id
    FROM ferry_tds.sessions WHERE began IS NOT NULL`,
  `CREATE VIEW sys.dm_tran_active_transactions AS SELECT session_id AS transaction_id,
      began AS transaction_begin_time FROM ferry_tds.sessions WHERE began IS NOT NULL`,
  `CREATE VIEW sys.dm_tran_database_transactions AS SELECT session_id AS transaction_id, 5 AS database_id,
      1 AS database_transaction_type, began AS database_transaction_begin_time
    FROM ferry_tds.sessions WHERE began IS NOT NULL`,
]
