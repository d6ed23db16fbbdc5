/*
 * Push, pull, crash and restore, for every order in which they can happen.
 *
 * TERMINALS save RECORDS each, push them one by one, and read each other's from a feed. Messages get
 * lost and arrive twice or late; terminals lose power; central restarts, is backed up, and is
 * restored to any state since its backup. In one run TROUBLES messages or machines fail in any mix,
 * beside BACKUPS and RESTORES, so every run ends, and then all must be well.
 *
 * Reading changes nothing but the reader's own place, and the terminals are alike: what holds for
 * the first READERS of them, whoever meets the troubles, holds for each. So one reader is enough for
 * liveness and none for safety, and there are few enough states to search all of them.
 *
 * Safety, in every state: a record that was saved is at central or still on its terminal; it takes
 * effect once. Liveness: in the end every record is at central and every terminal has read it.
 *
 * The real rules are the ones without -D; each flag plants one bug that must give a counterexample:
 *   NO_DEDUPE          a repeated operation is executed again
 *   FORGET_AT_ACK      a terminal forgets what was acknowledged, not what is backed up
 *   BEYOND_HORIZON     a reader passes transactions that are still open
 *   ACK_BEFORE_COMMIT  central answers before it has committed
 *   EPOCH_IGNORED      a terminal does not send again after a restore
 *   NO_RETRY           what was sent and not answered is not sent again
 *   OLD_CURSOR         a terminal keeps its place in the feed of a central that was restored
 */
#ifndef TERMINALS
#define TERMINALS 2
#endif
#ifndef RECORDS
#define RECORDS 2
#endif
#ifndef TROUBLES
#define TROUBLES 2
#endif
#ifndef READERS
#define READERS TERMINALS
#endif
#ifndef BACKUPS
#define BACKUPS 1
#endif
#ifndef RESTORES
#define RESTORES 1
#endif

#if TERMINALS > 3 || RECORDS != 2
#error "2 or 3 terminals with 2 records each: the conditions below are written out"
#endif

#define ALL (TERMINALS * RECORDS)
#define AT(t, op) ((t) * RECORDS + (op) - 1)
#define TO_SEND 1
#define SENT 2
#define GONE 3

/* Terminals. All of it is on their disks, except what they wait for. */
byte saved[TERMINALS];
byte state[ALL];
byte life_met[TERMINALS];
byte cursor[TERMINALS];
bool got[TERMINALS * ALL];
bool waiting[TERMINALS];
byte call[TERMINALS]; /* The request whose answer is waited for. */

/* Central: each terminal's chain, what it told the feed, and the transactions that are open. */
byte life;
byte head[TERMINALS];
byte backed_up[TERMINALS];
byte effects[ALL];
byte told_at[ALL];
byte next_xid = 1;
byte open_op[TERMINALS];
byte open_xid[TERMINALS];
byte open_call[TERMINALS];

chan requests[TERMINALS] = [2] of { byte, byte };      /* operation, call */
chan answers[TERMINALS] = [1] of { byte, byte, byte }; /* operation, wanted after a gap, durable */

byte troubles, backups, restores;

#define MIN(a, b) ((a) < (b) -> (a) : (b))
#define OPEN_FROM(t) (open_op[t] -> open_xid[t] : next_xid)
#define WAITS(t, op) (state[AT(t, op)] == TO_SEND)
#define IN_FLIGHT(t) (len(requests[t]) > 0 || open_op[t])
#if TERMINALS == 3
#define HORIZON MIN(MIN(OPEN_FROM(0), OPEN_FROM(1)), OPEN_FROM(2))
#else
#define HORIZON MIN(OPEN_FROM(0), OPEN_FROM(1))
#endif
#ifdef BEYOND_HORIZON
#define READABLE(t, at) (told_at[at] > cursor[t])
#else
#define READABLE(t, at) (told_at[at] > cursor[t] && told_at[at] < HORIZON)
#endif
#define ANY_READABLE_2(t) \
    (READABLE(t, 0) || READABLE(t, 1) || READABLE(t, 2) || READABLE(t, 3))
#if TERMINALS == 3
#define ANY_READABLE(t) (ANY_READABLE_2(t) || READABLE(t, 4) || READABLE(t, 5))
#else
#define ANY_READABLE(t) ANY_READABLE_2(t)
#endif

inline tell(t, op, wanted, to_call) {
    if /* Only who still waits for this very call hears it. */
    :: waiting[t] && call[t] == to_call && len(answers[t]) == 0 ->
        answers[t]!op, wanted, backed_up[t]
    :: else
    fi
}

inline send_again(t, from) {
    for (k : from .. RECORDS) {
        if
        :: state[AT(t, k)] == SENT -> state[AT(t, k)] = TO_SEND
        :: else
        fi
    }
}

inline settle(t, op, wanted, durable) {
    if
    :: wanted ->
        if
        :: state[AT(t, wanted)] != GONE -> send_again(t, wanted)
        :: else
        fi
    :: else ->
        if
        :: state[AT(t, op)] == TO_SEND -> state[AT(t, op)] = SENT
        :: else
        fi;
        for (k : 1 .. RECORDS) {
            if
#ifdef FORGET_AT_ACK
            :: k <= op && state[AT(t, k)] == SENT -> state[AT(t, k)] = GONE
#else
            :: k <= durable && state[AT(t, k)] == SENT -> state[AT(t, k)] = GONE
#endif
            :: else
            fi
        }
    fi
}

inline hang_up(t) {
    if
    :: len(answers[t]) > 0 -> answers[t]?op, wanted, durable
    :: else
    fi;
    waiting[t] = false;
    call[t]++
}

inline meet_life(t) {
    life_met[t] = life;
#ifndef OLD_CURSOR
    cursor[t] = 0;
    for (k : 0 .. ALL - 1) { got[(t) * ALL + k] = false }
#endif
#ifndef EPOCH_IGNORED
    send_again(t, 1)
#endif
}

inline read_page(t) {
    top = cursor[t];
    for (k : 0 .. ALL - 1) {
        if
        :: READABLE(t, k) ->
            got[(t) * ALL + k] = true;
            if
            :: told_at[k] > top -> top = told_at[k]
            :: else
            fi
        :: else
        fi
    }
    cursor[t] = top
}

proctype Terminal(byte t) {
    byte k, op, wanted, durable, top;
end:
    do
    :: d_step { saved[t] < RECORDS -> saved[t]++; state[AT(t, saved[t])] = TO_SEND }
    :: d_step { /* The oldest first; one request at a time. */
        !waiting[t] && len(requests[t]) < 2 && (WAITS(t, 1) || WAITS(t, 2)) ->
        op = (WAITS(t, 1) -> 1 : 2);
        waiting[t] = true;
        call[t] = (IN_FLIGHT(t) -> call[t] : 0); /* Nobody remembers earlier calls: fewer states. */
        requests[t]!op, call[t];
#ifdef NO_RETRY
        state[AT(t, op)] = SENT;
#endif
        op = 0
       }
    :: d_step {
        len(answers[t]) > 0 ->
        answers[t]?op, wanted, durable;
        settle(t, op, wanted, durable);
        waiting[t] = false; call[t]++;
        op = 0; wanted = 0; durable = 0; k = 0
       }
    :: d_step { /* The connection broke at central: nothing can come any more. */
        waiting[t] && len(answers[t]) == 0 && !IN_FLIGHT(t) -> hang_up(t)
       }
    :: d_step { /* Too slow, or the answer gets lost. */
        waiting[t] && troubles < TROUBLES ->
        troubles++; hang_up(t); op = 0; wanted = 0; durable = 0
       }
    :: d_step { /* The power goes: what was heard and not settled is gone. */
        waiting[t] && troubles < TROUBLES ->
        troubles++; hang_up(t); op = 0; wanted = 0; durable = 0
       }
    :: d_step { !waiting[t] && life_met[t] != life -> meet_life(t); k = 0 }
    :: d_step {
        t < READERS && !waiting[t] && life_met[t] == life && ANY_READABLE(t) ->
        read_page(t); k = 0; top = 0
       }
    od
}

/* Central works on one push of a terminal at a time: its chain is locked. */
proctype Chain(byte t) {
    byte op, of_call;
end:
    do
    :: d_step {
        !open_op[t] && len(requests[t]) > 0 ->
        requests[t]?op, of_call;
        if
        :: op <= head[t] ->
#ifdef NO_DEDUPE
            effects[AT(t, op)]++;
#endif
            tell(t, op, 0, of_call)
        :: op > head[t] + 1 -> tell(t, op, head[t] + 1, of_call)
        :: else ->
            open_op[t] = op; open_xid[t] = next_xid; open_call[t] = of_call;
            next_xid++;
#ifdef ACK_BEFORE_COMMIT
            tell(t, op, 0, of_call)
#endif
        fi;
        op = 0; of_call = 0
       }
    :: d_step {
        open_op[t] ->
        op = open_op[t]; of_call = open_call[t];
        head[t] = op;
        effects[AT(t, op)]++;
        told_at[AT(t, op)] = open_xid[t];
        open_op[t] = 0; open_xid[t] = 0; open_call[t] = 0;
#ifndef ACK_BEFORE_COMMIT
        tell(t, op, 0, of_call);
#endif
        op = 0; of_call = 0
       }
    od
}

inline stop_central() {
    for (t : 0 .. TERMINALS - 1) { open_op[t] = 0; open_xid[t] = 0; open_call[t] = 0 }
}

proctype Network(byte t) {
    byte op, of_call;
end:
    do
    :: d_step {
        troubles < TROUBLES && len(requests[t]) > 0 ->
        troubles++; requests[t]?op, of_call; op = 0; of_call = 0
       }
    :: d_step { /* Comes twice, and so also late: behind what was sent after it. */
        troubles < TROUBLES && len(requests[t]) == 1 ->
        troubles++; requests[t]?<op, of_call>; requests[t]!op, of_call; op = 0; of_call = 0
       }
    od
}

proctype CityHall() {
    byte t, k;
end:
    do
    :: d_step { troubles < TROUBLES -> troubles++; stop_central(); t = 0 }
    :: d_step {
        backups < BACKUPS ->
        backups++;
        for (t : 0 .. TERMINALS - 1) { backed_up[t] = head[t] }
        t = 0
       }
    :: atomic { /* Any state since the backup; transaction numbers start again there. */
        restores < RESTORES ->
        restores++; life++;
        stop_central();
        next_xid = 1;
        for (t : 0 .. TERMINALS - 1) {
            do
            :: head[t] > backed_up[t] ->
                effects[AT(t, head[t])] = 0; told_at[AT(t, head[t])] = 0; head[t]--
            :: break
            od
        }
        for (k : 0 .. ALL - 1) {
            if
            :: told_at[k] >= next_xid -> next_xid = told_at[k] + 1
            :: else
            fi
        }
        t = 0; k = 0
       }
    od
}

init {
    atomic {
        byte t;
        for (t : 0 .. TERMINALS - 1) { run Terminal(t); run Chain(t); run Network(t) }
        run CityHall();
        t = 0
    }
}

#define KEPT(t, op) ((state[AT(t, op)] != GONE || head[t] >= (op)) && effects[AT(t, op)] <= 1)
#define ARRIVED(t, op) (state[AT(t, op)] >= SENT && head[t] >= (op) && effects[AT(t, op)] == 1)
#define READ(r, t) \
    ((r) >= READERS || (got[(r) * ALL + AT(t, 1)] && got[(r) * ALL + AT(t, 2)]))
#if TERMINALS == 3
#define ALL_KEPT (KEPT(0, 1) && KEPT(0, 2) && KEPT(1, 1) && KEPT(1, 2) && KEPT(2, 1) && KEPT(2, 2))
#define ALL_ARRIVED (ARRIVED(0, 1) && ARRIVED(0, 2) && ARRIVED(1, 1) && ARRIVED(1, 2) \
    && ARRIVED(2, 1) && ARRIVED(2, 2))
#define READ_BY(r) (READ(r, 0) && READ(r, 1) && READ(r, 2))
#define ALL_READ (READ_BY(0) && READ_BY(1) && READ_BY(2))
#else
#define ALL_KEPT (KEPT(0, 1) && KEPT(0, 2) && KEPT(1, 1) && KEPT(1, 2))
#define ALL_ARRIVED (ARRIVED(0, 1) && ARRIVED(0, 2) && ARRIVED(1, 1) && ARRIVED(1, 2))
#define READ_BY(r) (READ(r, 0) && READ(r, 1))
#define ALL_READ (READ_BY(0) && READ_BY(1))
#endif

ltl kept { [] (ALL_KEPT) }
ltl settles { [] <> (ALL_ARRIVED && ALL_READ) }
