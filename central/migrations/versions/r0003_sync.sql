-- Edits and their conflicts, parked operations as supervisors see them, outages.
create table outage_event (
    outage_event_id uuid not null,
    outage_id uuid not null,
    terminal_id uuid not null,
    zone_id text not null,
    kind text not null,
    cause text not null,
    at_utc timestamptz not null,
    clock_uncertainty_ms bigint not null,
    payload_sha256 bytea not null,
    received_utc timestamptz not null,
    extra jsonb default '{}' not null,
    primary key (outage_event_id)
);

create table edit (
    edit_id uuid not null,
    record text not null,
    record_key text not null,
    base_revision bigint not null,
    changes jsonb not null,
    officer_id uuid not null,
    terminal_id uuid not null,
    made_utc timestamptz not null,
    clock_uncertainty_ms bigint not null,
    data_as_of_utc timestamptz,
    reason text not null,
    hlc bigint not null,
    payload_sha256 bytea not null,
    received_utc timestamptz not null,
    extra jsonb default '{}' not null,
    primary key (edit_id)
);

create table conflict_choice (
    choice_id uuid not null,
    conflict_id uuid not null,
    side bigint not null,
    content text not null,
    seen uuid[] not null,
    base_revision bigint not null,
    reason text not null,
    note text not null,
    officer_id uuid not null,
    terminal_id uuid not null,
    decided_utc timestamptz not null,
    clock_uncertainty_ms bigint not null,
    payload_sha256 bytea not null,
    received_utc timestamptz not null,
    extra jsonb default '{}' not null,
    primary key (choice_id)
);

create table parked_closing (
    parked_closing_id uuid not null,
    parked_operation_id uuid not null,
    reason text not null,
    officer_id uuid not null,
    second_officer_id uuid,
    terminal_id uuid not null,
    closed_utc timestamptz not null,
    payload_sha256 bytea not null,
    received_utc timestamptz not null,
    extra jsonb default '{}' not null,
    primary key (parked_closing_id)
);

create table citation_note (
    citation_id uuid not null,
    note text not null,
    tags text[] not null,
    revision bigint not null,
    received_utc timestamptz not null,
    extra jsonb default '{}' not null,
    primary key (citation_id)
);

create table plate_correction (
    citation_id uuid not null,
    plate text not null,
    plate_state text not null,
    revision bigint not null,
    plate_key text not null,
    received_utc timestamptz not null,
    extra jsonb default '{}' not null,
    primary key (citation_id)
);

create table shift_header (
    shift_id uuid not null,
    vehicle text not null,
    odometer_miles bigint not null,
    forms_spoiled bigint not null,
    remark text not null,
    revision bigint not null,
    received_utc timestamptz not null,
    extra jsonb default '{}' not null,
    primary key (shift_id)
);

create table conflict (
    conflict_id uuid not null,
    record text not null,
    record_key text not null,
    fields text[] not null,
    base text not null,
    rule text not null,
    sides jsonb not null,
    state text not null,
    found_utc timestamptz not null,
    decided_utc timestamptz,
    choice_id uuid,
    revision bigint not null,
    received_utc timestamptz not null,
    extra jsonb default '{}' not null,
    primary key (conflict_id)
);

create table parked_operation (
    parked_operation_id uuid not null,
    terminal_id uuid not null,
    epoch bigint not null,
    lane bigint not null,
    op_seq bigint not null,
    name text not null,
    code text not null,
    text text not null,
    parked_utc timestamptz not null,
    closed_utc timestamptz,
    revision bigint not null,
    received_utc timestamptz not null,
    extra jsonb default '{}' not null,
    primary key (parked_operation_id)
);

-- Operations refused at first and taken when their terminal sent them again.
create table retaken_operations (
    terminal_id uuid not null,
    epoch bigint not null,
    lane integer not null,
    op_seq bigint not null,
    outcome text not null,
    code text not null,
    text text not null,
    taken_utc timestamptz not null,
    primary key (terminal_id, epoch, lane, op_seq)
);
grant insert on retaken_operations to parking_app;

create table edit_start (
    record text not null,
    record_key text not null,
    start jsonb not null,
    since jsonb not null,
    folded jsonb not null,
    primary key (record, record_key)
);

create index idx_edit_record on edit (record, record_key);
create index idx_conflict_record on conflict (record, record_key);
create index idx_conflict_choice_conflict on conflict_choice (conflict_id);
create index idx_plate_correction_plate on plate_correction (plate_key);

grant insert on outage_event, edit, conflict_choice, parked_closing, citation_note, plate_correction, shift_header, conflict, parked_operation to parking_app;
grant update on citation_note, plate_correction, shift_header, conflict, parked_operation to parking_app;

-- Scopes: which zones a terminal gets, and the sets of zones that cursors speak of.
alter table terminals add column zone_ids text[] default '{}' not null;
alter table terminals alter column zone_ids drop default;
alter table tariffs
    add column no_return_minutes bigint default 0 not null,
    add column carry_over text default 'never' not null,
    add column maximum_fee_cents bigint,
    add column maximum_fee_period text default 'stay' not null,
    add column special_days jsonb default '[]' not null,
    add column user_classes jsonb default '[]' not null;
alter table tariffs
    alter column no_return_minutes drop default,
    alter column carry_over drop default,
    alter column maximum_fee_period drop default,
    alter column special_days drop default,
    alter column user_classes drop default;

create table feed_scopes (
    scope_id text not null,
    zones text[] not null,
    primary key (scope_id)
);

-- Who reads a zone hears that a row left it; the store itself tells the zone that it entered.
create function tell_left_zone() returns trigger language plpgsql as $$
begin
    insert into feed (name, key, scope)
    values (tg_argv[0], to_jsonb(old) ->> tg_argv[1], old.zone_id);
    return null;
end $$;
create trigger tell_left_zone after update of zone_id on parking_sessions
    for each row when (old.zone_id is distinct from new.zone_id)
    execute function tell_left_zone('parking_session', 'parking_session_id');
create trigger tell_left_zone after update of zone_id on permits
    for each row when (old.zone_id is distinct from new.zone_id)
    execute function tell_left_zone('permit', 'permit_id');

-- The feed in partitions of 2^20 transactions, some ahead of now; the last one catches the rest.
-- A partition is dropped whole when it has been full for as long as the city keeps its feed.
create table feed_partitions (
    name text not null,
    from_xid xid8 not null,
    to_xid xid8 not null,
    full_utc timestamptz,
    dropped_utc timestamptz,
    primary key (name)
);
create table feed_floors (
    feed_epoch text not null,
    xid xid8 not null,
    primary key (feed_epoch)
);

-- Each time a terminal was ahead of the database: it had gone back without a new timeline.
create table feed_turns (
    turn text not null,
    terminal_id uuid not null,
    sign text not null,
    turned_utc timestamptz not null,
    xid xid8 default pg_current_xact_id() not null,
    primary key (turn)
);
grant insert on feed_turns to parking_app;

create function feed_ahead(width bigint, ahead integer) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    here constant bigint := pg_snapshot_xmax(pg_current_snapshot())::text::bigint;
    low bigint;
begin
    loop
        select coalesce(max(to_xid::text::bigint), 0) into low
            from feed_partitions where from_xid::text::bigint <= here + width * ahead;
        exit when low > here + width * ahead;
        -- Rows that the catch-all took cannot be moved: the next partition begins after them.
        select greatest(low, coalesce(max(xid::text::bigint) + width, 0)) into low from feed_rest
            where xid >= low::text::xid8;
        execute format('create table %I partition of feed for values from (%L) to (%L)',
            'feed_p' || low, low, greatest(low, here) + width);
        insert into feed_partitions (name, from_xid, to_xid)
            values ('feed_p' || low, low::text::xid8, (greatest(low, here) + width)::text::xid8);
    end loop;
end $$;

create function feed_drop(epoch text, now_utc timestamptz, kept interval) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    old record;
    dropped integer := 0;
begin
    update feed_partitions set full_utc = now_utc
        where full_utc is null and to_xid <= pg_snapshot_xmin(pg_current_snapshot());
    for old in
        select name, to_xid from feed_partitions
        where dropped_utc is null and full_utc <= now_utc - kept order by to_xid
    loop
        execute format('drop table %I', old.name);
        update feed_partitions set dropped_utc = now_utc where name = old.name;
        insert into feed_floors (feed_epoch, xid) values (epoch, old.to_xid)
            on conflict (feed_epoch) do update set xid = greatest(feed_floors.xid, excluded.xid);
        dropped := dropped + 1;
    end loop;
    return dropped;
end $$;
revoke execute on function feed_ahead, feed_drop from public;
grant execute on function feed_ahead, feed_drop to parking_app;

do $$
declare
    old record;
begin
    create temp table feed_kept on commit drop as select * from feed;
    for old in select inhrelid::regclass as name from pg_inherits where inhparent = 'feed'::regclass
    loop
        execute format('drop table %s', old.name);
    end loop;
    create table feed_rest partition of feed default;
    perform feed_ahead(1048576, 2);
    insert into feed (xid, seq, name, key, scope) overriding system value
        select xid, seq, name, key, scope from feed_kept;
end $$;
grant insert on feed_scopes to parking_app;

-- Photos: copies on another disk, and the hashes of sealed citations whose files are not here.
create table photo_copies (
    sha256 bytea not null,
    copied_utc timestamptz not null,
    primary key (sha256)
);
grant insert on photo_copies to parking_app;

create view citation_photos_missing as
    select v.citation_id, named.sha256, named.place
    from violations v cross join unnest(v.photo_hashes) with ordinality as named (sha256, place)
    where not exists (select from photo_files f where f.sha256 = named.sha256);
grant insert, update on edit_start to parking_app;

-- The key each device had in each of its epochs.
create table terminal_keys (
    terminal_id uuid not null,
    epoch bigint not null,
    public_key bytea not null,
    since_utc timestamptz not null,
    primary key (terminal_id, epoch)
);
insert into terminal_keys select terminal_id, epoch, public_key, received_utc from terminals;
grant insert on terminal_keys to parking_app;

-- Could not pay here, refunds by supervisors, payments as supervisors see them.
create table could_not_pay (
    slip_id uuid not null,
    code text not null,
    terminal_id uuid not null,
    zone_id text not null,
    plate text not null,
    plate_state text not null,
    at_utc timestamptz not null,
    until_utc timestamptz not null,
    cause text not null,
    clock_uncertainty_ms bigint not null,
    plate_key text not null,
    payload_sha256 bytea not null,
    received_utc timestamptz not null,
    extra jsonb default '{}' not null,
    primary key (slip_id)
);

create table refund_request (
    refund_id uuid not null,
    payment_id uuid not null,
    amount_cents bigint not null,
    reason_code text not null,
    text text not null,
    ends_right boolean not null,
    officer_id uuid not null,
    terminal_id uuid not null,
    requested_utc timestamptz not null,
    payload_sha256 bytea not null,
    received_utc timestamptz not null,
    extra jsonb default '{}' not null,
    primary key (refund_id)
);

create table refund_approval (
    refund_approval_id uuid not null,
    refund_id uuid not null,
    approved boolean not null,
    text text not null,
    officer_id uuid not null,
    terminal_id uuid not null,
    decided_utc timestamptz not null,
    payload_sha256 bytea not null,
    received_utc timestamptz not null,
    extra jsonb default '{}' not null,
    primary key (refund_approval_id)
);

create table payment_summary (
    payment_id uuid not null,
    reference text not null,
    purpose text not null,
    plate text not null,
    plate_state text not null,
    zone_id text not null,
    citation_id uuid,
    terminal_id uuid not null,
    amount_cents bigint not null,
    captured_cents bigint not null,
    refunded_cents bigint not null,
    waiting_cents bigint not null,
    card text not null,
    due_back_cents bigint not null,
    state text not null,
    task text not null,
    made_utc timestamptz not null,
    revision bigint not null,
    plate_key text not null,
    received_utc timestamptz not null,
    extra jsonb default '{}' not null,
    primary key (payment_id)
);

create index idx_could_not_pay_plate on could_not_pay (plate_key);
create index idx_refund_request_payment on refund_request (payment_id);
create index idx_refund_approval_refund on refund_approval (refund_id);
grant select on could_not_pay, refund_request, refund_approval, payment_summary
    to parking_app, parking_read, parking_backup;
grant insert on could_not_pay, refund_request, refund_approval, payment_summary to parking_app;
grant update on payment_summary to parking_app;
alter table parking_zones add column could_not_pay_minutes bigint default 0 not null;
alter table parking_zones alter column could_not_pay_minutes drop default;

create table voucher_use (
    voucher_use_id uuid not null,
    voucher_id uuid not null,
    issuer text not null,
    single_use boolean not null,
    terminal_id uuid not null,
    zone_id text not null,
    plate text not null,
    plate_state text not null,
    used_utc timestamptz not null,
    discount_cents bigint not null,
    plate_key text not null,
    payload_sha256 bytea not null,
    received_utc timestamptz not null,
    extra jsonb default '{}' not null,
    primary key (voucher_use_id)
);
create index idx_voucher_use_voucher on voucher_use (voucher_id);
grant insert on voucher_use to parking_app;
alter table quotes add column discount_cents bigint default 0 not null;
alter table quotes add column code_issuer text default '' not null;
alter table quotes add column voucher_id uuid;
alter table quotes add column single_use boolean default false not null;

-- Every edition of a tariff that a price was ever quoted by: it prices extensions of its stays.
create table tariff_editions (
    label text not null,
    tariff jsonb not null,
    quoted_utc timestamptz not null,
    primary key (label)
);
grant insert on tariff_editions to parking_app;

-- Seals wait to be checked push by push, which is one row instead of five hundred.
create temp table seals_kept on commit drop as select citation_id from seal_queue;
drop table seal_queue;
create table seal_queue (
    push_id bigint generated always as identity not null,
    citation_ids uuid[] not null,
    primary key (push_id)
);
-- Taking from the queue locks its rows.
grant insert, update, delete on seal_queue to parking_app;
insert into seal_queue (citation_ids)
    select array_agg(citation_id) from seals_kept having count(*) > 0;
