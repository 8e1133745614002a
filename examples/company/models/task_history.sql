/*
description: The last known state of every task ever seen, those deleted since included
owner: data@tidylists.example
materialize: incremental
key: id
updated_at: updated_at
checks:
  - unique: id
  - freshness: { column: updated_at, max_age: 2d }
*/
select id, list_id, creator_id, title, created_at, completed_at, updated_at
from <%= source('production', 'tasks') %>
