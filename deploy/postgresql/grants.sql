-- 建库和每次升级之后，由 dutydesk_owner 在库里执行：可以反复执行。
revoke all on schema public from public;
grant usage on schema public to dutydesk;
revoke all on all tables in schema public from dutydesk;
grant select, insert, update, delete on all tables in schema public to dutydesk;
grant usage on all sequences in schema public to dutydesk;

-- 审计只能往后添，谁都改不了、删不了已有的；链头只能往前走，不能删。
revoke update, delete on act, audit_entry, audit_values from dutydesk;
grant update (subject, subject_id) on act to dutydesk;
revoke delete on audit_head from dutydesk;

-- 结构由谁升级过，只能看。
revoke insert, update, delete on schema_migration from dutydesk;
