/*
description: How far new accounts come, by month of sign-up
owner: growth@tidylists.example
materialize: table
result: csv
checks:
  - unique: [month, position]
  - expression: accounts <= signed_up
*/
with work as (
  select creator_id as user_id, count(*) as created, count(completed_at) as completed
  from <%= ref('tasks') %>
  group by creator_id
),
sharing as (
  select owner_id as user_id, sum(invited) as invited from <%= ref('lists') %> group by owner_id
),
returns as (
  select active_days.user_id
  from <%= ref('active_days') %> as active_days
  join <%= ref('accounts') %> as accounts on accounts.id = active_days.user_id
  where active_days.day > accounts.signed_up_at::date
  group by active_days.user_id
),
steps as (
  select
    date_trunc('month', accounts.signed_up_at)::date as month,
    accounts.confirmed_at is not null as confirmed,
    confirmed and coalesce(work.created, 0) > 0 as created,
    created and coalesce(work.completed, 0) > 0 as completed,
    completed and returns.user_id is not null as returned,
    returned and coalesce(sharing.invited, 0) > 0 as shared
  from <%= ref('accounts') %> as accounts
  left join work on work.user_id = accounts.id
  left join sharing on sharing.user_id = accounts.id
  left join returns on returns.user_id = accounts.id
),
counts as (
  select
    month,
    count(*) as signed_up,
    unnest([
      { position: 1, step: 'signed up', accounts: count(*) },
      { position: 2, step: 'confirmed', accounts: count(*) filter (where confirmed) },
      { position: 3, step: 'created a task', accounts: count(*) filter (where created) },
      { position: 4, step: 'completed a task', accounts: count(*) filter (where completed) },
      { position: 5, step: 'came back another day', accounts: count(*) filter (where returned) },
      { position: 6, step: 'shared a list', accounts: count(*) filter (where shared) }
    ], recursive := true)
  from steps
  group by month
)
select
  month, position, step, accounts, signed_up, round(100.0 * accounts / signed_up, 1) as percent
from counts
order by month, position
