-- The production database of Tidy Lists, a small company that makes a task list app.

create table users (
  id bigint primary key,
  email text not null,
  name text,                     -- null: never asked; empty: asked, and left empty
  country text,
  locale text not null,
  channel text not null,         -- where the sign-up came from
  plan text not null,            -- free, pro
  monthly_price numeric(6, 2) not null,
  newsletter boolean,            -- null: never asked
  is_staff boolean not null,
  signed_up_at timestamptz not null,
  confirmed_at timestamptz,
  closed_at timestamptz,         -- closed accounts are erased two weeks later
  updated_at timestamptz not null
);

create table lists (
  id bigint primary key,
  owner_id bigint not null,
  title text not null,
  description text,
  is_public boolean not null,
  created_at timestamptz not null,
  archived_at timestamptz,
  updated_at timestamptz not null
);

create table memberships (
  id bigint primary key,
  list_id bigint not null,
  user_id bigint not null,
  role text not null,            -- owner, editor, viewer
  invited_by bigint,
  invited_at timestamptz not null,
  accepted_at timestamptz,
  updated_at timestamptz not null
);

create table tasks (
  id bigint primary key,
  list_id bigint not null,
  creator_id bigint not null,
  assignee_id bigint,
  title text not null,
  priority smallint,
  starred boolean not null,
  due_on date,
  created_at timestamptz not null,
  completed_at timestamptz,
  updated_at timestamptz not null
);

create table subtasks (
  id bigint primary key,
  task_id bigint not null,
  title text not null,
  position integer not null,
  done boolean not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

create table notes (
  id bigint primary key,
  task_id bigint not null,
  author_id bigint not null,
  body text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

create table reminders (
  id bigint primary key,
  task_id bigint not null,
  user_id bigint not null,
  channel text not null,         -- push, email
  remind_at timestamptz not null,
  sent_at timestamptz,
  opened_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
