/*
description: People with an account, without the company's own staff; times in UTC
owner: data@tidylists.example
materialize: view
checks:
  - not_null: [id, signed_up_at]
  - unique: id
  - accepted_values: { column: plan, values: [free, pro] }
*/
select
  id,
  coalesce(nullif(trim(name), ''), '(no name)') as name,
  coalesce(country, '??') as country,
  channel,
  plan,
  monthly_price,
  signed_up_at at time zone 'UTC' as signed_up_at,
  confirmed_at at time zone 'UTC' as confirmed_at,
  closed_at at time zone 'UTC' as closed_at
from <%= source('production', 'users') %>
where not is_staff and signed_up_at < timestamptz '<%= today %> 00:00:00+00'
