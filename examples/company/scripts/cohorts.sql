-- How the last cohorts of new accounts stay: one line a cohort, one column a week.
pivot (
  select cohort, accounts, week, percent from retention where cohort >= date '2026-09-01' and week <= 8
)
on week using first(percent)
order by cohort
