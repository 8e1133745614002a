-- Added after the rows: checking all at once is many times faster than one by one.

alter table lists add foreign key (owner_id) references users on delete cascade;
alter table memberships
  add foreign key (list_id) references lists on delete cascade,
  add foreign key (user_id) references users on delete cascade,
  add foreign key (invited_by) references users on delete set null;
alter table tasks
  add foreign key (list_id) references lists on delete cascade,
  add foreign key (creator_id) references users on delete cascade,
  add foreign key (assignee_id) references users on delete set null;
alter table subtasks add foreign key (task_id) references tasks on delete cascade;
alter table notes
  add foreign key (task_id) references tasks on delete cascade,
  add foreign key (author_id) references users on delete cascade;
alter table reminders
  add foreign key (task_id) references tasks on delete cascade,
  add foreign key (user_id) references users on delete cascade;

create index on lists (owner_id);
create index on memberships (list_id);
create index on memberships (user_id);
create index on memberships (invited_by);
create index on tasks (list_id);
create index on tasks (creator_id);
create index on tasks (assignee_id);
create index on subtasks (task_id);
create index on notes (task_id);
create index on notes (author_id);
create index on reminders (task_id);
create index on reminders (user_id);
analyze;
