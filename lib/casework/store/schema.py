"""The tables of the casework store: portable SQL types only, so that SQLite and PostgreSQL hold the same thing.

Texts that are hashed or compared byte for byte (payload, evidence) are TEXT, never a JSON type: a database may
rewrite JSON. Times are naive Beijing time.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

# A column that came with a later release: rows from before are sealed without it.
LATER = {"later": True}

# What a store holds: casework played in a synthetic city, or that of real people on real data.
SYNTHETIC, REAL = "synthetic", "real"

# Which revision of these tables a store has, as Alembic writes it.
alembic_version = Table("alembic_version", metadata, Column("version_num", String(32), primary_key=True))

# What the store says of itself: 'kind' (synthetic or real, once it is decided) and 'store_id' (made at random with it).
store = Table(
    "store", metadata, Column("name", String(16), primary_key=True), Column("value", String(64), nullable=False)
)

# One row per chain ('event', 'audit'): its head. Writers lock it; `revision` moves with every write readers care for.
chain = Table(
    "chain",
    metadata,
    Column("name", String(16), primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("revision", BigInteger, nullable=False),
)

event = Table(
    "event",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("event_id", String(32), nullable=False, unique=True),
    Column("at", DateTime, nullable=False),
    Column("actor_id", String(128), nullable=False),
    Column("actor_name", String(64), nullable=False),
    Column("actor_role", String(16), nullable=False),
    Column("object_type", String(16), nullable=False),
    Column("object_id", String(128), nullable=False),
    Column("action", String(24), nullable=False),
    Column("from_state", String(16)),
    Column("to_state", String(16)),
    Column("text", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("submission_id", String(80), unique=True),
    Column("prev_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("event_of_object", "object_type", "object_id", "seq"),
)

warning = Table(
    "warning",
    metadata,
    Column("warning_id", String(17), primary_key=True),
    Column("rule_id", String(16), nullable=False),
    Column("rule_hash", String(64), nullable=False),
    Column("origin", String(24), nullable=False),
    Column("title", String(200), nullable=False),
    Column("subject_type", String(32), nullable=False),
    Column("subject_id", String(128), nullable=False),
    Column("period", String(16), nullable=False),
    Column("officer_id", String(64)),
    Column("org_id", String(16)),
    Column("area_code", String(9)),
    Column("domain_code", String(4)),
    Column("level", String(8), nullable=False),
    Column("fired_level", String(8), nullable=False),
    Column("signal_count", Integer, nullable=False),
    Column("occurred_on", Date),
    Column("value", Float),
    Column("threshold", Float),
    Column("firing", Boolean, nullable=False),
    Column("first_seen_at", DateTime, nullable=False),
    Column("last_seen_at", DateTime, nullable=False),
    Column("run_id", String(40), nullable=False),
    # Under which version of the rule it first came.
    Column("version_id", String(24)),
    Column("evidence", Text, nullable=False),
    Index("warning_of_subject", "rule_id", "subject_type", "subject_id"),
)

signal = Table(
    "signal",
    metadata,
    Column("rule_id", String(16), primary_key=True),
    Column("subject_type", String(32), primary_key=True),
    Column("subject_id", String(128), primary_key=True),
    Column("level", String(8), nullable=False),
    Column("officer_id", String(64)),
    Column("org_id", String(16)),
    Column("area_code", String(9)),
    Column("occurred_on", Date),
    Column("value", Float),
    Column("threshold", Float),
    Column("evidence", Text, nullable=False),
    sqlite_with_rowid=False,
)

rule_run = Table(
    "rule_run",
    metadata,
    Column("run_id", String(40), primary_key=True),
    Column("rule_id", String(16), nullable=False),
    Column("rule_hash", String(64), nullable=False),
    Column("params", Text, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("inputs", Text, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("started_at", DateTime, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("status", String(8), nullable=False),
    Column("signals", Integer, nullable=False),
    Column("warnings", Integer, nullable=False),
    Column("new_warnings", Integer, nullable=False),
    Column("error", Text, nullable=False),
    Column("run_no", BigInteger, nullable=False, unique=True),
    Column("version_id", String(24)),
    Column("trial", Boolean),
    Column("tested", BigInteger),
    Column("rows_read", BigInteger),
    Index("run_of_rule", "rule_id", "run_no"),
)

# The text of every rule file that a version was made of, by its sha256.
rule_file = Table(
    "rule_file",
    metadata,
    Column("rule_hash", String(64), primary_key=True),
    Column("rule_id", String(16), nullable=False),
    Column("name", String(80), nullable=False),
    Column("content", Text, nullable=False),
)

# A rule file with its thresholds; never changed, its state follows from its events.
rule_version = Table(
    "rule_version",
    metadata,
    Column("version_id", String(24), primary_key=True),
    Column("rule_id", String(16), nullable=False),
    Column("version_no", Integer, nullable=False),
    Column("rule_hash", String(64), nullable=False),
    Column("params", Text, nullable=False),
    Column("author_id", String(128), nullable=False),
    Column("author_name", String(64), nullable=False),
    Column("created_at", DateTime, nullable=False),
    UniqueConstraint("rule_id", "version_no"),
)

# A back-test report, as it was when the version was judged by it.
backtest = Table(
    "backtest",
    metadata,
    Column("backtest_id", String(40), primary_key=True),
    Column("version_id", String(24), nullable=False),
    Column("against_id", String(24)),
    Column("generation", Integer, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("at", DateTime, nullable=False),
    Column("person_id", String(128), nullable=False),
    Column("person_name", String(64), nullable=False),
    Column("report", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Index("backtest_of_version", "version_id", "at"),
)

# Something a rule's owner has to look at: low precision, a jump in hits, a run held back.
rule_task = Table(
    "rule_task",
    metadata,
    Column("task_id", String(40), primary_key=True),
    Column("rule_id", String(16), nullable=False),
    Column("version_id", String(24), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("opened_at", DateTime, nullable=False),
    Column("text", Text, nullable=False),
)

runner = Table(
    "runner",
    metadata,
    Column("name", String(16), primary_key=True),
    Column("holder", String(40)),
    Column("host", String(128)),
    Column("pid", Integer),
    Column("pid_started", String(32)),
    Column("heartbeat_at", DateTime),
)

clue = Table(
    "clue",
    metadata,
    Column("clue_id", String(24), primary_key=True),
    Column("origin", String(16), nullable=False),
    Column("source_key", String(128), nullable=False),
    Column("warning_id", String(17)),
    Column("rule_id", String(16)),
    Column("title", String(200), nullable=False),
    Column("detail", Text, nullable=False),
    Column("officer_id", String(64)),
    Column("org_id", String(16)),
    Column("area_code", String(9)),
    Column("domain_code", String(4)),
    Column("received_at", DateTime, nullable=False),
    Column("due_at", DateTime, nullable=False),
    UniqueConstraint("origin", "source_key"),
)

# What a unit is asked to verify or to mend, and nothing of the warning it comes from but what was written to the unit.
prompt = Table(
    "prompt",
    metadata,
    Column("prompt_id", String(24), primary_key=True),
    Column("warning_id", String(17), nullable=False),
    Column("level", String(8), nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("title", String(200), nullable=False),
    Column("asked", Text, nullable=False),
    Column("officer_id", String(64)),
    Column("org_id", String(16)),
    Column("area_code", String(9)),
    Column("domain_code", String(4)),
    Index("prompt_of_warning", "warning_id"),
)

# Warnings of a model about a subject are held back until a day.
suppression = Table(
    "suppression",
    metadata,
    Column("suppression_id", String(24), primary_key=True),
    Column("warning_id", String(17), nullable=False),
    Column("rule_id", String(16), nullable=False),
    Column("subject_type", String(32), nullable=False),
    Column("subject_id", String(128), nullable=False),
    Column("title", String(200), nullable=False),
    # Of the warning that was found untrue: nothing graver is held back.
    Column("level", String(8), nullable=False),
    Column("officer_id", String(64)),
    Column("org_id", String(16)),
    Column("area_code", String(9)),
    Column("domain_code", String(4)),
    Column("until", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Index("suppression_of_rule", "rule_id", "until"),
)

draft = Table(
    "draft",
    metadata,
    Column("object_type", String(16), primary_key=True),
    Column("object_id", String(128), primary_key=True),
    Column("person_id", String(128), primary_key=True),
    Column("action", String(24), primary_key=True),
    Column("payload", Text, nullable=False),
    Column("at", DateTime, nullable=False),
)

attachment = Table(
    "attachment",
    metadata,
    Column("attachment_id", String(40), primary_key=True),
    Column("object_type", String(16), nullable=False),
    Column("object_id", String(128), nullable=False),
    Column("name", String(200), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("person_id", String(128), nullable=False),
    Column("at", DateTime, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Index("attachment_of_object", "object_type", "object_id"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("outbox_id", String(40), primary_key=True),
    Column("channel", String(16), nullable=False),
    Column("to_org_id", String(16)),
    Column("subject", String(200), nullable=False),
    Column("body", Text, nullable=False),
    Column("object_type", String(16), nullable=False),
    Column("object_id", String(128), nullable=False),
    Column("created_by", String(128), nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("sent_at", DateTime),
    Index("outbox_unsent", "sent_at", "created_at"),
)

# How far the sending of a message by a channel has come. The row of the outbox is sealed by its event; this one is not
# sealed and says nothing of what was done. Times are the clock's, not a synthetic city's.
delivery = Table(
    "delivery",
    metadata,
    Column("outbox_id", String(40), primary_key=True),
    Column("channel", String(16), primary_key=True),
    Column("state", String(8), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", DateTime, nullable=False),
    Column("lease", String(40)),
    Column("lease_until", DateTime),
    Column("tried_at", DateTime),
    Column("sent_at", DateTime),
    Column("reason", String(80), nullable=False),
    # The newer message about the same that was sent in its place.
    Column("joined_to", String(40)),
    Index("delivery_due", "state", "next_at"),
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", DateTime, nullable=False),
    Column("person_id", String(128), nullable=False),
    Column("person_name", String(64), nullable=False),
    Column("role", String(16), nullable=False),
    Column("action", String(16), nullable=False),
    Column("object_type", String(16), nullable=False),
    Column("object_id", String(128), nullable=False),
    Column("reason", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("prev_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("audit_of_person", "person_id", "seq"),
)

# Numbers that documents of a kind were given, without gaps in each year.
serial = Table(
    "serial",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("object_id", String(128), nullable=False, unique=True),
)

# Who may sign in on real data; `domains` is a comma-separated list of domain codes, empty = all.
person = Table(
    "person",
    metadata,
    Column("person_id", String(128), primary_key=True),
    Column("name", String(64), nullable=False),
    Column("role", String(16), nullable=False),
    Column("area_code", String(9)),
    Column("domains", String(64), nullable=False),
    # The person's own number among the officers, for self-exclusion.
    Column("officer_id", String(64)),
    # The unit a liaison answers for.
    Column("org_id", String(16), info=LATER),
)

# The password of a person who signs in without an identity provider, and what was tried with it lately.
credential = Table(
    "credential",
    metadata,
    Column("person_id", String(128), primary_key=True),
    Column("password", String(200), nullable=False),
    Column("failures", Integer, nullable=False),
    Column("locked_until", DateTime),
)

# One row per browser on which somebody is signed in with a password.
signed_in = Table(
    "signed_in",
    metadata,
    # Digest of the token that the browser holds.
    Column("browser", String(64), primary_key=True),
    Column("person_id", String(128), nullable=False),
    Column("since", DateTime, nullable=False),
    Column("seen", DateTime, nullable=False),
    Column("seal", String(64), nullable=False),
)

# Who does somebody's work from one day to another, both included.
deputy = Table(
    "deputy",
    metadata,
    Column("deputy_id", String(24), primary_key=True),
    Column("person_id", String(128), nullable=False),
    Column("person_name", String(64), nullable=False),
    Column("to_id", String(128), nullable=False),
    Column("to_name", String(64), nullable=False),
    Column("from_day", Date, nullable=False),
    Column("to_day", Date, nullable=False),
    Index("deputy_of_person", "to_id", "to_day"),
)

# When a person was last at their work, by the clock on the wall, and since when what came is new, by the city's.
work_visit = Table(
    "work_visit",
    metadata,
    Column("person_id", String(128), primary_key=True),
    Column("at", DateTime, nullable=False),
    Column("since", DateTime, nullable=False),
)

# Which pages a person has been told about on first opening them.
hint = Table(
    "hint",
    metadata,
    Column("person_id", String(128), primary_key=True),
    Column("page", String(32), primary_key=True),
    Column("at", DateTime, nullable=False),
)

# A view of the workbench under a name: the parameters of its address.
saved_view = Table(
    "saved_view",
    metadata,
    Column("view_id", String(32), primary_key=True),
    Column("person_id", String(128), nullable=False),
    Column("person_name", String(64), nullable=False),
    Column("name", String(64), nullable=False),
    Column("query", Text, nullable=False),
    Column("shared", Boolean, nullable=False),
    Column("at", DateTime, nullable=False),
    UniqueConstraint("person_id", "name"),
)
