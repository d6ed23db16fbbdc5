create table payments (
    payment_id uuid not null,
    purpose text default 'parking' not null,
    quote_id uuid not null,
    citation_id uuid,
    terminal_id uuid not null,
    reader_id text not null,
    amount_cents bigint not null,
    refunded_cents bigint default 0 not null,
    reference text not null,
    state text not null,
    told text not null,
    attempt integer default 0 not null,
    intent_id text default '' not null,
    charge_id text default '' not null,
    card text default '' not null,
    receipt text[] default '{}' not null,
    decline_hint text default '' not null,
    right_id uuid,
    end_utc timestamptz,
    cancel_requested boolean default false not null,
    present_again boolean default false not null,
    needs_reconcile boolean default false not null,
    version bigint default 1 not null,
    created_utc timestamptz not null,
    state_since_utc timestamptz not null,
    look_again_utc timestamptz,
    wakes bigint default 0 not null,
    claimed_until_utc timestamptz,
    primary key (payment_id),
    constraint payments_amount check (amount_cents >= 0 AND amount_cents <= 1000000)
);
create unique index idx_payments_one_live_per_quote on payments (quote_id)
    where state NOT IN ('canceled', 'voided');
create unique index idx_payments_one_live_per_citation on payments (citation_id)
    where citation_id IS NOT NULL AND state NOT IN ('captured', 'refunded', 'canceled', 'voided');
create unique index idx_payments_one_live_per_reader on payments (reader_id)
    where state IN ('created', 'intent_open', 'dispatched', 'declined', 'canceling');
create index idx_payments_look_again on payments (look_again_utc)
    where look_again_utc IS NOT NULL;
create index idx_payments_intent on payments (intent_id) where intent_id <> '';
create index idx_payments_reference on payments (reference);

create table bills (
    bill_id uuid not null,
    citation_id uuid not null,
    terminal_id uuid not null,
    number text not null,
    amount_cents bigint not null,
    refused text not null,
    expires_utc timestamptz not null,
    made_utc timestamptz not null,
    primary key (bill_id)
);

create table refunds (
    refund_id uuid not null,
    payment_id uuid not null,
    amount_cents bigint not null,
    ends_right boolean not null,
    officer_id uuid,
    state text not null,
    why text default '' not null,
    stripe_id text default '' not null,
    look_again_utc timestamptz,
    made_utc timestamptz not null,
    state_since_utc timestamptz not null,
    primary key (refund_id),
    constraint refunds_amount check (amount_cents > 0)
);
create index idx_refunds_payment on refunds (payment_id);
create index idx_refunds_look_again on refunds (look_again_utc) where look_again_utc IS NOT NULL;
create index idx_refunds_stripe on refunds (stripe_id) where stripe_id <> '';

create table stripe_calls (
    idempotency_key text not null,
    payment_id uuid not null,
    op text not null,
    attempt integer not null,
    sent_utc timestamptz not null,
    answered_utc timestamptz,
    http_status integer default 0 not null,
    outcome text default '' not null,
    primary key (idempotency_key)
);
create index idx_stripe_calls_payment on stripe_calls (payment_id, op);

create table reconciled_days (
    day date not null,
    net_cents bigint not null,
    fees_cents bigint not null,
    findings integer not null,
    done_utc timestamptz not null,
    primary key (day)
);

create table stripe_events (
    event_id text not null,
    kind text not null,
    api_version text not null,
    payload bytea not null,
    received_utc timestamptz not null,
    primary key (event_id)
);

grant select, insert, update on payments, refunds, stripe_calls to parking_app;
grant select, insert on stripe_events, bills, reconciled_days to parking_app;
grant select on payments, refunds, bills, reconciled_days, stripe_calls, stripe_events to parking_read, parking_backup;

create table notifications (
    notification_id uuid not null,
    payment_id uuid not null,
    terminal_id uuid not null,
    channel text not null,
    address text not null,
    language text not null,
    subject text not null,
    body text not null,
    state text default 'queued' not null,
    attempts integer default 0 not null,
    doubts integer default 0 not null,
    next_try_utc timestamptz,
    provider_ref text default '' not null,
    why text default '' not null,
    made_utc timestamptz not null,
    state_since_utc timestamptz not null,
    primary key (notification_id)
);
create index idx_notifications_payment on notifications (payment_id);
create index idx_notifications_next_try on notifications (channel, next_try_utc)
    where next_try_utc IS NOT NULL;
create index idx_notifications_to_wipe on notifications (state_since_utc) where address <> '';

create table receipt_tries (
    terminal_id uuid not null,
    wrong integer not null,
    since_utc timestamptz not null,
    primary key (terminal_id)
);

grant select, insert, update on notifications, receipt_tries to parking_app;
-- Addresses of drivers are for sending alone.
revoke select on notifications from parking_read;
