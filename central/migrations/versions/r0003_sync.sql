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

create index idx_edit_record on edit (record, record_key);
create index idx_conflict_record on conflict (record, record_key);
create index idx_conflict_choice_conflict on conflict_choice (conflict_id);
create index idx_plate_correction_plate on plate_correction (plate_key);

grant insert on outage_event, edit, conflict_choice, parked_closing, citation_note, plate_correction, shift_header, conflict, parked_operation to parking_app;
grant update on citation_note, plate_correction, shift_header, conflict, parked_operation to parking_app;
