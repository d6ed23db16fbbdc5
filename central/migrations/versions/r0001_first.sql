-- First schema. Names of the deployment guide where it has one.
create table violations (
    citation_id uuid not null,
    number text not null,
    terminal_id uuid not null,
    officer_id uuid not null,
    shift_id uuid not null,
    zone_id text not null,
    place text not null,
    plate text not null,
    plate_state text not null,
    violation_code text not null,
    fine_cents bigint not null,
    rules_version text not null,
    is_warning boolean not null,
    observed_utc timestamptz not null,
    issued_utc timestamptz not null,
    clock_uncertainty_ms bigint not null,
    vehicle_make text not null,
    vehicle_colour text not null,
    note_public text not null,
    photo_hashes bytea[] not null,
    check_id uuid not null,
    seal bytea not null,
    plate_key text not null,
    payload_sha256 bytea not null,
    received_utc timestamptz not null,
    extra jsonb default '{}' not null,
    primary key (citation_id)
);
create index idx_violations_license_plate on violations (plate_key, plate_state);
create index idx_violations_number on violations (number);
create index idx_violations_shift on violations (shift_id);

create table citation_event (
    citation_event_id uuid not null,
    citation_id uuid not null,
    kind text not null,
    at_utc timestamptz not null,
    actor_id uuid,
    terminal_id uuid,
    reason_code text not null,
    text text not null,
    amount_cents bigint not null,
    right_id uuid,
    payload_sha256 bytea not null,
    received_utc timestamptz not null,
    extra jsonb default '{}' not null,
    primary key (citation_event_id)
);
create index idx_citation_event_citation on citation_event (citation_id);

create table photo (
    photo_id uuid not null,
    citation_id uuid not null,
    sha256 bytea not null,
    byte_length bigint not null,
    taken_utc timestamptz not null,
    view text not null,
    payload_sha256 bytea not null,
    received_utc timestamptz not null,
    extra jsonb default '{}' not null,
    primary key (photo_id)
);
create index idx_photo_citation on photo (citation_id);

create table plate_check (
    check_id uuid not null,
    terminal_id uuid not null,
    officer_id uuid not null,
    shift_id uuid not null,
    zone_id text not null,
    plate text not null,
    plate_state text not null,
    observed_utc timestamptz not null,
    clock_uncertainty_ms bigint not null,
    answer text not null,
    right_id uuid,
    pay_station_as_of_utc timestamptz,
    app_as_of_utc timestamptz,
    permit_as_of_utc timestamptz,
    hotlist_as_of_utc timestamptz,
    rules_version text not null,
    sealed boolean not null,
    plate_key text not null,
    payload_sha256 bytea not null,
    received_utc timestamptz not null,
    extra jsonb default '{}' not null,
    primary key (check_id)
);
create index idx_plate_check_plate on plate_check (plate_key, observed_utc);
create index idx_plate_check_shift on plate_check (shift_id);

create table shift_event (
    shift_event_id uuid not null,
    shift_id uuid not null,
    officer_id uuid not null,
    terminal_id uuid not null,
    beat_id text not null,
    kind text not null,
    at_utc timestamptz not null,
    checks_count bigint not null,
    issued_count bigint not null,
    printed_count bigint not null,
    voided_count bigint not null,
    payload_sha256 bytea not null,
    received_utc timestamptz not null,
    extra jsonb default '{}' not null,
    primary key (shift_event_id)
);
create index idx_shift_event_shift on shift_event (shift_id);

create table parking_sessions (
    parking_session_id uuid not null,
    plate text not null,
    plate_state text not null,
    zone_id text not null,
    start_utc timestamptz not null,
    end_utc timestamptz not null,
    source text not null,
    source_ref text not null,
    price_cents bigint not null,
    made_utc timestamptz not null,
    clock_uncertainty_ms bigint not null,
    tariff_version text not null,
    revoked_utc timestamptz,
    revision bigint not null,
    plate_key text not null,
    received_utc timestamptz not null,
    extra jsonb default '{}' not null,
    primary key (parking_session_id)
);
create index idx_parking_sessions_plate on parking_sessions (plate_key, end_utc);
create index idx_parking_sessions_zone_active on parking_sessions (zone_id, end_utc) WHERE revoked_utc IS NULL;

create table permits (
    permit_id uuid not null,
    plate text not null,
    plate_state text not null,
    zone_id text not null,
    kind text not null,
    start_utc timestamptz not null,
    end_utc timestamptz not null,
    revoked_utc timestamptz,
    revision bigint not null,
    plate_key text not null,
    received_utc timestamptz not null,
    extra jsonb default '{}' not null,
    primary key (permit_id)
);
create index idx_permits_plate on permits (plate_key);

create table hotlist_entries (
    hotlist_entry_id uuid not null,
    plate text not null,
    plate_state text not null,
    kind text not null,
    reason text not null,
    list_name text not null,
    case_number text not null,
    listed_utc timestamptz not null,
    removed_utc timestamptz,
    revision bigint not null,
    plate_key text not null,
    received_utc timestamptz not null,
    extra jsonb default '{}' not null,
    primary key (hotlist_entry_id)
);
create index idx_hotlist_entries_plate on hotlist_entries (plate_key);

create table parking_zones (
    zone_id text not null,
    name text not null,
    time_zone text not null,
    tariff_id text not null,
    covered_by text[] not null,
    exit_grace_s bigint not null,
    entry_grace_s bigint not null,
    grace_mode text not null,
    pay_station_budget_s bigint not null,
    app_budget_s bigint not null,
    permit_budget_s bigint not null,
    hotlist_budget_s bigint not null,
    uncertainty_limit_ms bigint not null,
    revision bigint not null,
    received_utc timestamptz not null,
    extra jsonb default '{}' not null,
    primary key (zone_id)
);

create table tariffs (
    tariff_id text not null,
    version text not null,
    time_zone text not null,
    spans jsonb not null,
    increment_minutes bigint not null,
    increment_cents bigint not null,
    max_stay_minutes bigint,
    largest_purchase_minutes bigint not null,
    last_step text not null,
    prepay text not null,
    prepay_from_minute bigint not null,
    holidays date[] not null,
    revision bigint not null,
    received_utc timestamptz not null,
    extra jsonb default '{}' not null,
    primary key (tariff_id)
);

create table beats (
    beat_id text not null,
    name text not null,
    zone_ids text[] not null,
    revision bigint not null,
    received_utc timestamptz not null,
    extra jsonb default '{}' not null,
    primary key (beat_id)
);

create table violation_codes (
    code text not null,
    title text not null,
    ordinance text not null,
    fine_class text not null,
    fine_cents bigint not null,
    is_safety boolean not null,
    is_time_limit boolean not null,
    photos_needed bigint not null,
    revision bigint not null,
    received_utc timestamptz not null,
    extra jsonb default '{}' not null,
    primary key (code)
);

create table users (
    officer_id uuid not null,
    badge text not null,
    display_name text not null,
    role text not null,
    active boolean not null,
    revision bigint not null,
    received_utc timestamptz not null,
    extra jsonb default '{}' not null,
    primary key (officer_id)
);
create unique index idx_users_badge on users (badge);

create table officer_keys (
    officer_key_id uuid not null,
    officer_id uuid not null,
    terminal_id uuid not null,
    public_key bytea not null,
    revision bigint not null,
    received_utc timestamptz not null,
    extra jsonb default '{}' not null,
    primary key (officer_key_id)
);
create index idx_officer_keys_officer on officer_keys (officer_id);

create table terminals (
    terminal_id uuid not null,
    name text not null,
    kind text not null,
    series bigint not null,
    zone_id text not null,
    reader_id text not null,
    public_key bytea not null,
    epoch bigint not null,
    revoked boolean not null,
    revision bigint not null,
    received_utc timestamptz not null,
    extra jsonb default '{}' not null,
    primary key (terminal_id)
);
create unique index idx_terminals_name on terminals (name);
create unique index idx_terminals_series on terminals (series);

create table feed (
    xid xid8 default pg_current_xact_id() not null,
    seq bigint generated always as identity,
    name text not null,
    key text not null,
    scope text,
    primary key (xid, seq)
) partition by range (xid);

create table feed_epochs (
    feed_epoch text not null,
    opened_utc timestamptz not null,
    xid xid8 default pg_current_xact_id() not null,
    primary key (feed_epoch)
);

create table source_reports (
    report_id bigint generated always as identity,
    source text not null,
    complete_through_utc timestamptz not null,
    xid xid8 default pg_current_xact_id() not null,
    primary key (report_id)
);
create index idx_source_reports_source on source_reports (source, complete_through_utc DESC);

create table worker_cursors (
    worker text not null,
    xid xid8 not null,
    seq bigint not null,
    primary key (worker)
);

create table sync_chains (
    terminal_id uuid not null,
    epoch bigint not null,
    lane integer not null,
    last_seq bigint not null,
    last_link bytea not null,
    head_signature bytea not null,
    clock_offset_ms bigint not null,
    schema_level integer not null,
    heard_utc timestamptz not null,
    primary key (terminal_id, epoch, lane)
);

create table sync_operations (
    terminal_id uuid not null,
    epoch bigint not null,
    lane integer not null,
    op_seq bigint not null,
    payload_sha256 bytea not null,
    link bytea not null,
    name text not null,
    outcome text not null,
    code text not null,
    text text not null,
    primary key (terminal_id, epoch, lane, op_seq)
);

create table sync_batches (
    terminal_id uuid not null,
    epoch bigint not null,
    lane integer not null,
    last_seq bigint not null,
    lsn pg_lsn default pg_current_wal_insert_lsn() not null,
    primary key (terminal_id, epoch, lane, last_seq)
);

create table parked_operations (
    terminal_id uuid not null,
    epoch bigint not null,
    lane integer not null,
    op_seq bigint not null,
    payload_sha256 bytea not null,
    link bytea not null,
    name text not null,
    payload bytea not null,
    code text not null,
    text text not null,
    received_utc timestamptz not null,
    primary key (terminal_id, epoch, lane, op_seq, payload_sha256)
);

create table flags (
    flag_id bigint generated always as identity,
    name text not null,
    key text not null,
    code text not null,
    text text not null,
    raised_utc timestamptz not null,
    primary key (flag_id)
);
create index idx_flags_key on flags (name, key);

create table alarms (
    alarm_id bigint generated always as identity,
    code text not null,
    subject text not null,
    text text not null,
    raised_utc timestamptz not null,
    primary key (alarm_id)
);
create index idx_alarms_raised on alarms (raised_utc DESC);

create table seal_queue (
    citation_id uuid not null,
    primary key (citation_id)
);

create table seal_checks (
    citation_id uuid not null,
    valid boolean not null,
    officer_key_id uuid,
    checked_utc timestamptz not null,
    primary key (citation_id)
);

create table photo_files (
    sha256 bytea not null,
    byte_length bigint not null,
    terminal_id uuid not null,
    stored_utc timestamptz not null,
    primary key (sha256)
);

create table one_time_codes (
    code_id text not null,
    purpose text not null,
    salt bytea not null,
    secret_hash bytea not null,
    tries_left integer not null,
    made_utc timestamptz not null,
    expires_utc timestamptz not null,
    used_utc timestamptz,
    terminal_name text default '' not null,
    terminal_kind text default '' not null,
    zone_id text default '' not null,
    reader_id text default '' not null,
    officer_id uuid,
    primary key (code_id)
);

create table number_leases (
    lease_id uuid not null,
    terminal_id uuid not null,
    series bigint not null,
    first_serial bigint not null,
    last_serial bigint not null,
    signature bytea not null,
    leased_utc timestamptz not null,
    primary key (lease_id)
);
create unique index idx_number_leases_first on number_leases (series, first_serial);
create unique index idx_number_leases_last on number_leases (series, last_serial);

create table providers (
    provider_id uuid not null,
    name text not null,
    key_sha256 bytea not null,
    source text not null,
    revoked boolean default false not null,
    made_utc timestamptz not null,
    primary key (provider_id)
);
create unique index idx_providers_key on providers (key_sha256);

create table quotes (
    quote_id uuid not null,
    terminal_id uuid not null,
    zone_id text not null,
    plate text not null,
    plate_state text not null,
    plate_key text not null,
    start_utc timestamptz not null,
    paid_from_utc timestamptz not null,
    end_utc timestamptz not null,
    billed_minutes bigint not null,
    price_cents bigint not null,
    reasons text[] not null,
    tariff_version text not null,
    expires_utc timestamptz not null,
    made_utc timestamptz not null,
    primary key (quote_id)
);

create table audit_logs (
    audit_id bigint generated always as identity,
    timestamp timestamptz not null,
    actor text default coalesce(current_setting('parking.actor', true), session_user) not null,
    act text not null,
    subject text not null,
    detail jsonb default '{}' not null,
    primary key (audit_id)
);
create index idx_audit_logs_timestamp on audit_logs (timestamp DESC);

create table transactions (
    transaction_id uuid not null,
    payment_id uuid not null,
    kind text not null,
    amount_cents bigint not null,
    currency text default 'usd' not null,
    stripe_id text not null,
    parking_session_id uuid,
    citation_id uuid,
    terminal_id uuid,
    actor text default coalesce(current_setting('parking.actor', true), session_user) not null,
    receipt text[] default '{}' not null,
    created_utc timestamptz not null,
    primary key (transaction_id)
);
create index idx_transactions_payment on transactions (payment_id);
create index idx_transactions_session_status on transactions (parking_session_id, kind);
create unique index idx_transactions_stripe on transactions (kind, stripe_id);

-- Partitions of the feed: 2^26 transactions each, two ahead of now; the last one catches the rest.
do $$
declare
    width constant numeric := 67108864;
    here constant numeric := floor(pg_current_xact_id()::text::numeric / width);
begin
    execute format('create table feed_p%s partition of feed for values from (%L) to (%L)',
        here, '0', (here + 1) * width);
    execute format('create table feed_p%s partition of feed for values from (%L) to (%L)',
        here + 1, (here + 1) * width, (here + 2) * width);
    create table feed_rest partition of feed default;
end $$;

-- Facts and the service's own log may be added to, never changed, by the service itself.
grant usage on schema public to parking_app, parking_read, parking_backup;
grant select on all tables in schema public to parking_app, parking_read, parking_backup;
grant insert on all tables in schema public to parking_app;
revoke insert on alembic_version from parking_app;
grant update on
    parking_sessions, permits, hotlist_entries, parking_zones, tariffs, beats, violation_codes,
    users, officer_keys, terminals,
    sync_chains, worker_cursors, one_time_codes, providers
to parking_app;
-- Taking from the queue locks its rows.
grant update, delete on seal_queue to parking_app;
revoke select on one_time_codes, providers from parking_read;
alter default privileges in schema public
    grant select on tables to parking_app, parking_read, parking_backup;
