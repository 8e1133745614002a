/*
description: Lists of accounts, with how many people are in each
owner: data@tidylists.example
materialize: table
checks:
  - not_null: [id, owner_id, created_at]
  - unique: id
  - relationships: { column: owner_id, to: accounts, field: id }
*/
with people as (
  select list_id, count(*) as invited, count(accepted_at) as joined
  from <%= source('production', 'memberships') %>
  where role <> 'owner'
  group by list_id
)
select
  lists.id,
  lists.owner_id,
  lists.title,
  lists.is_public,
  lists.created_at at time zone 'UTC' as created_at,
  lists.archived_at at time zone 'UTC' as archived_at,
  coalesce(people.invited, 0) as invited,
  coalesce(people.joined, 0) as joined
from <%= source('production', 'lists') %> as lists
join <%= ref('accounts') %> as accounts on accounts.id = lists.owner_id
left join people on people.list_id = lists.id
where lists.created_at < timestamptz '<%= today %> 00:00:00+00'
order by lists.id
