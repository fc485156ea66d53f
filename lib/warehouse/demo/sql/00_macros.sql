-- Randomness is a pure function of (seed, key, salt): no state, so threads and row order cannot change the city.

create or replace temp macro salt(s) as (hash(s || '/' || getvariable('seed')::varchar) >> 9)::bigint;

create or replace temp macro u(i, s) as
    (hash((i)::bigint + salt(s)) >> 11)::double / 9007199254740992.0;

-- 0 .. n-1
create or replace temp macro pick(i, s, n) as least(floor(u(i, s) * (n))::integer, (n)::integer - 1);

-- standard normal (Box-Muller)
create or replace temp macro z(i, s) as
    sqrt(-2.0 * ln(u(i, s) + 1e-12)) * cos(2.0 * pi() * u(i, s || '#'));

-- an opaque 16-digit hash, stands for a salted hash of a person, plate, photo or account
create or replace temp macro hid(i, s) as
    lpad(lower(hex(hash((i)::bigint * 16 + salt(s)))), 16, '0');

-- a number in at least so many digits: lpad alone cuts off what is longer, and two would be one
create or replace temp macro digits(i, width) as
    lpad((i)::bigint::varchar, greatest(width, length((i)::bigint::varchar))::integer, '0');

create or replace temp macro code(prefix, i, width) as prefix || digits(i, width);

-- fractional part of a golden-ratio walk: evenly spread for every run of consecutive k
create or replace temp macro golden(k) as ((k)::double * 0.6180339887498949) % 1.0;

-- the round number (1, 2 or 5 times a power of ten) not above v
create or replace temp macro nice(v) as
    pow(10.0, floor(log10(v))) * case
        when v / pow(10.0, floor(log10(v))) >= 5 then 5 when v / pow(10.0, floor(log10(v))) >= 2 then 2 else 1
    end;

-- the work calendar as two constant lists, indexed from 2019-01-01
create or replace temp macro wd(k) as getvariable('workday_dates')[(k)::integer];
create or replace temp macro wd_seq_of(d) as getvariable('workday_seqs')[((d)::date - date '2019-01-01') + 1];

create or replace temp macro month_of(d) as
    datediff('month', getvariable('first_day'), (d)::date)::integer;

-- a moment between two minutes of a day, with seconds
create or replace temp macro moment(d, i, s, from_minute, to_minute) as
    (d)::timestamp + to_seconds(
        (from_minute) * 60 + floor(u(i, s) * (((to_minute) - (from_minute)) * 60))::integer
    );

-- when a record of workday k is typed in: mostly the same day, at most two workdays later, never after the last day
create or replace temp macro entered(k, happened_at, i, s) as
    case
        when u(i, s) < 0.70 or wd((k) + 2) > getvariable('last_day')
            then happened_at + to_minutes(5 + pick(i, s || '+', 170))
        when u(i, s) < 0.95 then moment(wd((k) + 1), i, s || '+', 510, 720)
        else moment(wd((k) + 2), i, s || '+', 510, 720)
    end;

-- whether a case goes to one of those who come often
create or replace temp macro is_frequent(n, pool) as u(n, 'frequent') < if((pool) = 'city', 0.5, 0.12);

-- names that look Chinese and belong to nobody
create or replace temp macro surname(i, s) as
    getvariable('surnames')[1 + pick(i, s, len(getvariable('surnames')))];
