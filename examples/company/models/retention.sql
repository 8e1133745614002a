/*
description: Of those who signed up in a week, how many were active 0, 1, 2, ... weeks later
owner: product@tidylists.example
materialize: table
result: csv
checks:
  - unique: [cohort, week]
  - expression: active <= accounts
  - not_null: [cohort, week, accounts, active]
*/
with cohorts as (
  select id, date_trunc('week', signed_up_at)::date as cohort from <%= ref('accounts') %>
),
sizes as (
  select cohort, count(*) as accounts from cohorts group by cohort
),
weeks as (
  select
    sizes.cohort,
    sizes.accounts,
    unnest(range(0, date_diff('week', sizes.cohort, date '<%= yesterday %>') + 1)) as week
  from sizes
),
seen as (
  select
    cohorts.cohort,
    date_diff('week', cohorts.cohort, active_days.day) as week,
    count(distinct active_days.user_id) as active
  from <%= ref('active_days') %> as active_days
  join cohorts on cohorts.id = active_days.user_id
  group by all
)
select
  weeks.cohort,
  weeks.week,
  weeks.accounts,
  coalesce(seen.active, 0) as active,
  round(100.0 * coalesce(seen.active, 0) / weeks.accounts, 1) as percent
from weeks
left join seen on seen.cohort = weeks.cohort and seen.week = weeks.week
order by weeks.cohort, weeks.week
