-- 建库前由 postgres 执行一次：psql -f roles.sql
-- dutydesk_owner 建表、升级；dutydesk 是值班台自己，只读写数据，改不了结构和审计。
-- 两个都不能用密码登录，凭本机账号（peer）。
create role dutydesk_owner login;
create role dutydesk login;
create database dutydesk owner dutydesk_owner template template0 encoding 'UTF8';
revoke all on database dutydesk from public;
grant connect on database dutydesk to dutydesk;
