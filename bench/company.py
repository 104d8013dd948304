"""A company of any size as native CSV files, made from hashes: the same seed gives the same rows on every run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb

SEED = 20_260_301
STARTS_ON = date(2024, 1, 1)
BOOK = 400
"""Contacts in one person's book; eight of them at each account."""
RECENT_DAYS = 5
LATE_DAYS = 60
"""How far back the rows of a late import are dated."""

CHANGING = ("leads", "activities", "opportunities")
"""The tables that later files have rows of."""

CHANGED, CREATED = 9, 1
"""Of a thousand rows in a file of changes: changed ones and new ones, one per cent in all."""


@dataclass(frozen=True, slots=True)
class Company:
    """How much of everything there is."""

    people: int
    days: int
    activities: int
    leads: int
    opportunities: int

    @property
    def contacts(self) -> int:
        """Every person has a book of their own."""
        return self.people * BOOK

    @property
    def accounts(self) -> int:
        """One for eight contacts."""
        return self.contacts // 8

    @property
    def last_on(self) -> date:
        """The last day on which anything happened."""
        return STARTS_ON + timedelta(days=self.days - 1)

    @property
    def teams(self) -> int:
        """Ten people in each."""
        return max(2, self.people // 10)


def company(scale: float) -> Company:
    """The company of the benchmark (scale 1), or a smaller one with equally busy people.

    >>> company(0.01).activities
    200000
    """
    return Company(
        people=max(20, round(2_000 * scale)),
        days=500,
        activities=round(20_000_000 * scale),
        leads=round(1_000_000 * scale),
        opportunities=round(333_000 * scale),
    )


@dataclass(frozen=True, slots=True)
class Generator:
    """Writes the files of a company: the base, and what comes in later."""

    size: Company
    seed: int = SEED

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day on which anything happened."""
        return STARTS_ON, self.size.last_on

    def base(self, folder: Path) -> None:
        """Every table as first imported."""
        with self._session() as db:
            for table, query in self._people().items():
                _write(db, query, folder, table)
            _write(db, self._accounts(), folder, "accounts")
            _write(db, self._contacts(), folder, "contacts")
            for table in CHANGING:
                # A table is read by both cores, a range by one.
                db.execute(f"CREATE OR REPLACE TEMP TABLE numbers AS FROM range({self._count(table)})")
                _write(db, self._rows(table, "numbers"), folder, table)

    def recent(self, folder: Path) -> None:
        """One per cent of the rows, changed or new, all of them of the last five days."""
        with self._session() as db:
            for table in CHANGING:
                count = self._count(table)
                changed, created = count * CHANGED // 1000, count * CREATED // 1000
                day = f"{self.size.days - RECENT_DAYS} + (b_hash(i, 90) % {RECENT_DAYS})::INTEGER"
                candidates = f"SELECT i FROM ({self._own_days(table)}) WHERE d >= {self.size.days - RECENT_DAYS}"
                picked = f"SELECT i FROM ({candidates}) ORDER BY b_hash(i, 91), i LIMIT {changed}"
                _write(db, self._changes(table, picked, f"range({count}, {count + created})", day), folder, table)

    def spread(self, folder: Path) -> None:
        """One per cent of the rows, changed or new, spread evenly over people and days."""
        with self._session() as db:
            for table in CHANGING:
                count = self._count(table)
                first = 2 * count
                created = f"range({first}, {first + count * CREATED // 1000})"
                picked = f"SELECT range AS i FROM range({count}) WHERE b_hash(range, 92) % 1000 < {CHANGED}"
                day = f"(b_hash(i, 93) % {self.size.days})::INTEGER"
                _write(db, self._changes(table, picked, created, day), folder, table)

    def late(self, folder: Path) -> None:
        """New rows, one in a thousand, dated two months back."""
        with self._session() as db:
            for table in CHANGING:
                first = 3 * self._count(table)
                rows = f"range({first}, {first + max(50, self._count(table) // 1000)})"
                day = f"{self.size.days - LATE_DAYS} + (b_hash(i, 94) % {RECENT_DAYS})::INTEGER"
                _write(db, self._rows(table, rows, day=day), folder, table)

    def move(self, folder: Path) -> None:
        """Two people change teams in the middle of a week, six weeks back; their old assignments end then."""
        moved_on = self.size.last_on - timedelta(days=LATE_DAYS - 17)
        query = f"""
            WITH now AS (SELECT * FROM ({self._people()["assignments"]}) WHERE valid_to IS NULL),
                 movers AS (SELECT * FROM now WHERE valid_from < DATE '{moved_on}'
                            ORDER BY b_hash(hash(person_id), 95), person_id LIMIT 2)
            SELECT * REPLACE (DATE '{moved_on - timedelta(days=1)}' AS valid_to) FROM movers
            UNION ALL
            SELECT * REPLACE (DATE '{moved_on}' AS valid_from, 'T001' AS team, 'enterprise' AS segment,
                              'North' AS region) FROM movers
            ORDER BY person_id, valid_from"""
        with self._session() as db:
            _write(db, query, folder, "assignments")

    def _session(self) -> duckdb.DuckDBPyConnection:
        db = duckdb.connect()
        db.execute(f"SET threads = 2; SET memory_limit = '2GB'; SET VARIABLE seed = {self.seed}")
        db.execute("CREATE MACRO b_hash(i, salt) AS hash(i, salt, getvariable('seed'))")
        db.execute("CREATE MACRO b_of(i, salt, texts) AS texts[1 + (b_hash(i, salt) % len(texts))::INTEGER]")
        db.execute("CREATE MACRO b_id(letter, i, digits) AS letter || lpad(i::VARCHAR, digits, '0')")
        return db

    def _count(self, table: str) -> int:
        return {
            "leads": self.size.leads,
            "activities": self.size.activities,
            "opportunities": self.size.opportunities,
        }[table]

    def _people(self) -> dict[str, str]:
        n, teams, days = self.size.people, self.size.teams, self.size.days
        start, end = f"DATE '{STARTS_ON}'", f"DATE '{self.size.last_on}'"
        where_they_sit = """
            b_id('T', t + 1, 3) AS team, ['inside', 'field', 'enterprise', 'partners'][1 + t % 4] AS segment,
            ['North', 'South', 'East', 'West', 'Overseas'][1 + t % 5] AS region,
            b_of(i, 4, ['junior', 'senior', 'principal']) AS seniority"""
        head = f"b_id('P', (t * 10) % {n} + 1, 4) AS manager_id"
        first, second = f"(i * {teams} // {n})", f"((i * {teams} // {n} + 1 + b_hash(i, 5) % {teams - 1}) % {teams})"
        moved = f"({start} + 60 + (b_hash(i, 6) % {days - 120})::INTEGER)"
        return {
            "people": f"""
                SELECT b_id('P', i + 1, 4) AS person_id, 'Person ' || (i + 1) AS name,
                    'p' || (i + 1) || '@example.com' AS email,
                    CASE WHEN b_hash(i, 1) % 10 < 7 THEN 'seller' ELSE 'recruiter' END AS role,
                    CASE WHEN b_hash(i, 2) % 10 < 9 THEN {start} - (b_hash(i, 3) % 2000)::INTEGER
                        ELSE {start} + (b_hash(i, 3) % 300)::INTEGER END AS hired_on,
                    CASE WHEN b_hash(i, 7) % 20 = 0 THEN {end} - (b_hash(i, 8) % 150)::INTEGER END AS left_on
                FROM range({n}) r(i)""",
            "assignments": f"""
                WITH of AS (SELECT i, {first} AS t1, {second}::BIGINT AS t2, {moved} AS moved_on,
                                   b_hash(i, 9) % 10 = 0 AS moves FROM range({n}) r(i)),
                     spell AS (SELECT i, t1 AS t, DATE '2015-01-01' AS valid_from,
                                      CASE WHEN moves THEN moved_on - 1 END AS valid_to FROM of
                               UNION ALL SELECT i, t2, moved_on, NULL FROM of WHERE moves)
                SELECT b_id('P', i + 1, 4) AS person_id, valid_from, valid_to, {head}, {where_they_sit}
                FROM spell ORDER BY person_id, valid_from""",
            "absences": f"""
                SELECT DISTINCT ON (person_id, starts_on, kind) b_id('P', i // 4 + 1, 4) AS person_id,
                    ({start} + (b_hash(i, 10) % {days})::INTEGER) AS starts_on,
                    starts_on + (b_hash(i, 11) % 9)::INTEGER AS ends_on,
                    b_of(i, 12, ['holiday', 'holiday', 'illness', 'training']) AS kind
                FROM range({4 * n}) r(i) ORDER BY person_id, starts_on, kind, ends_on""",
            "holidays": f"""
                SELECT DISTINCT ON ("on") ({start} + (i * {days // 16} + b_hash(i, 13) % 20)::INTEGER) AS "on",
                    CASE WHEN i % 3 = 0 THEN b_of(i, 14, ['North', 'South', 'East', 'West', 'Overseas']) END AS region
                FROM range(16) r(i) ORDER BY "on", i""",
        }

    def _accounts(self) -> str:
        return f"""
            SELECT b_id('F', i, 6) AS account_id, 'Firm ' || i AS name,
                b_of(i, 20, ['smb', 'mid', 'large']) AS segment,
                b_of(i, 21, ['retail', 'health', 'finance', 'software', 'energy']) AS industry,
                CASE WHEN b_hash(i, 22) % 12 > 0 THEN 1 + (b_hash(i, 23) % 4000)::INTEGER END AS employees,
                b_id('P', i * 8 // {BOOK} + 1, 4) AS owner_id, b_hash(i, 24) % 10 = 0 AS is_key,
                CASE WHEN b_hash(i, 25) % 4 = 0
                    THEN DATE '{STARTS_ON}' - 400 + (b_hash(i, 26) % 700)::INTEGER END AS customer_since
            FROM range({self.size.accounts}) r(i)"""

    def _contacts(self) -> str:
        return f"""
            SELECT b_id('C', i, 6) AS contact_id, b_id('F', i // 8, 6) AS account_id, 'Contact ' || i AS name,
                b_of(i, 27, ['c-level', 'vp', 'director', 'manager', 'staff', NULL]) AS level
            FROM range({self.size.contacts}) r(i)"""

    def _rows(self, table: str, numbers: str, *, day: str = "NULL", version: int = 0) -> str:
        """The rows of those numbers. `day` overrules the day of a row; `version` changes what can change later."""
        query = {"leads": self._leads, "activities": self._activities, "opportunities": self._opportunities}[table]
        return query(f"SELECT i, {day} AS given_day, {version} AS version FROM {numbers} r(i)")

    def _changes(self, table: str, picked: str, created: str, day: str) -> str:
        changed = self._rows(table, f"({picked})", version=1)
        return f"SELECT * FROM ({changed}) UNION ALL SELECT * FROM ({self._rows(table, created, day=day)})"

    def _own_days(self, table: str) -> str:
        """(i, d): the day on which each row of the base was made, as a number from the first day."""
        numbers = f"SELECT i, NULL AS given_day, 0 AS version FROM range({self._count(table)}) r(i)"
        if table == "opportunities":
            return f"SELECT i, opened_day AS d FROM ({self._openings(numbers)})"
        return f"SELECT i, {self._day(table)} AS d FROM ({numbers})"

    def _day(self, table: str) -> str:
        return f"coalesce(given_day, (i * {self.size.days} // {self._count(table)})::INTEGER)"

    def _at(self, day: str, salt: int) -> str:
        """Some second of the office day, from eight to seven."""
        seconds = f"(8 * 3600 + b_hash(i, {salt}) % (11 * 3600))::INTEGER"
        return f"(TIMESTAMP '{STARTS_ON}' + to_days(({day})::INTEGER) + to_seconds({seconds}))"

    def _leads(self, numbers: str) -> str:
        end = f"TIMESTAMP '{self.size.last_on} 20:00:00'"
        return f"""
            WITH picked AS ({numbers}),
                 owned AS (SELECT *, {self._day("leads")} AS d, (b_hash(i, 30) % {self.size.people})::BIGINT AS p,
                                  p * {BOOK} + (b_hash(i, 31) % {BOOK})::BIGINT AS c FROM picked),
                 timed AS (SELECT *, {self._at("d", 32)} AS created_at,
                                  created_at + to_hours((b_hash(i, 33 + version) % 500)::INTEGER) AS decided_at,
                                  b_hash(i, 35 + version) % 100 AS fate FROM owned)
            SELECT b_id('L', i, 7) AS lead_id,
                CASE WHEN b_hash(i, 37) % 50 > 0 THEN b_id('P', p + 1, 4) END AS person_id,
                b_of(i, 38, ['web', 'event', 'referral', 'cold list', 'partner', 'advert', 'inbound', 'other'])
                    AS source,
                CASE WHEN b_hash(i, 39) % 3 = 0 THEN 'K' || (b_hash(i, 40) % 20) END AS campaign,
                created_at, b_id('C', c, 6) AS contact_id,
                CASE WHEN b_hash(i, 41) % 10 > 0 THEN b_id('F', c // 8, 6) END AS account_id,
                CASE WHEN b_hash(i, 42) % 3 = 0 THEN 1 + (b_hash(i, 43) % 3000)::INTEGER END AS employees,
                b_of(i, 44, ['c-level', 'vp', 'director', 'manager', 'staff', NULL, NULL]) AS level,
                CASE WHEN fate < 40 AND decided_at <= {end} THEN decided_at END AS qualified_at,
                CASE WHEN fate >= 75 AND decided_at <= {end} THEN decided_at END AS disqualified_at,
                CASE WHEN b_hash(i, 45) % 2 = 0 THEN ((b_hash(i, 46) % 20000) / 100)::DECIMAL(18, 2) END AS cost
            FROM timed"""

    def _activities(self, numbers: str) -> str:
        kinds = (
            ["call"] * 45 + ["email"] * 25 + ["voicemail"] * 4 + ["inmail"] * 6 + ["meeting"] * 8
            + ["demo"] * 3 + ["call_plan"] * 3 + ["intake"] * 3 + ["interview"] * 3
        )  # fmt: skip
        return f"""
            WITH picked AS ({numbers}),
                 owned AS (SELECT *, {self._day("activities")} AS d, b_of(i, 50, {kinds}) AS kind,
                                  (b_hash(i, 51) % {self.size.people})::BIGINT AS p, b_hash(i, 52) % 100 AS link,
                                  p * {BOOK} + (b_hash(i, 53) % {BOOK})::BIGINT AS c FROM picked),
                 timed AS (SELECT *, {self._at("d", 54)} AS "at" FROM owned)
            SELECT b_id('A', i, 9) AS activity_id, b_id('P', p + 1, 4) AS person_id, "at", kind,
                b_of(i, 55 + version, [{"NULL, " * 10}'done', 'planned', 'cancelled', 'no_show']) AS status,
                CASE WHEN b_hash(i, 57) % 4 = 0 THEN "at" - to_hours((b_hash(i, 58) % 200)::INTEGER)
                    WHEN b_hash(i, 57) % 4 < 3 THEN "at" END AS created_at,
                b_of(i, 59, ['outbound', 'outbound', 'outbound', 'inbound', NULL]) AS direction,
                CASE WHEN kind IN ('meeting', 'demo', 'intake', 'interview')
                    THEN b_of(i, 60, ['in_person', 'video', 'phone']) END AS place,
                CASE WHEN link < 92 THEN b_id('C', c, 6) END AS contact_id,
                CASE WHEN link < 96 THEN b_id('F', c // 8, 6) END AS account_id,
                CASE WHEN link = 96 OR link = 97 THEN b_id('L', (b_hash(i, 61) % {self.size.leads})::BIGINT, 7) END
                    AS lead_id,
                CASE WHEN kind NOT IN ('email', 'inmail') THEN (b_hash(i, 62 + version) % 1800)::INTEGER END
                    AS duration_s,
                CASE WHEN kind = 'call'
                    THEN b_of(i, 64 + version, ['connected', 'connected', 'no_answer', 'no_answer', 'voicemail', NULL])
                    END AS outcome
            FROM timed"""

    def _openings(self, numbers: str) -> str:
        """An opportunity comes of a lead of about its own place in time, one to forty days after it."""
        leads, opportunities, last = self.size.leads, self.size.opportunities, self.size.days - 1
        lead = f"least(((i % {opportunities}) * {leads} // {opportunities} + b_hash(i, 70) % 3)::BIGINT, {leads - 1})"
        lead_day = f"(l * {self.size.days} // {leads})::INTEGER"
        lag = f"least(1 + (b_hash(i, 71) % 40)::INTEGER, (({last} - lead_day) * (b_hash(i, 72) % 100) // 100)::INTEGER)"
        return f"""
            SELECT *, {lead} AS l, {lead_day} AS lead_day,
                coalesce(given_day, lead_day + {lag}) AS opened_day,
                lead_day <= opened_day AND b_hash(i, 73) % 10 > 0 AS has_lead,
                (b_hash(l, 30) % {self.size.people})::BIGINT AS p
            FROM ({numbers})"""

    def _opportunities(self, numbers: str) -> str:
        last = self.size.days - 1
        return f"""
            WITH opened AS ({self._openings(numbers)}),
                 fated AS (SELECT *, opened_day + (b_hash(i, 74 + 2 * version)
                                                   % (CASE WHEN version = 1 THEN 3 ELSE 90 END))::INTEGER AS closed_day,
                                  b_hash(i, 75 + 2 * version) % 100 AS fate,
                                  p * {BOOK} + (b_hash(i, 78) % {BOOK})::BIGINT AS c FROM opened),
                 ended AS (SELECT *, CASE WHEN closed_day > {last} OR fate < 8 THEN 'open' WHEN fate < 40 THEN 'won'
                                          ELSE 'lost' END AS status,
                                  (100 + b_hash(i, 79 + version) % 9000)::DECIMAL(18, 2) AS worth FROM fated)
            SELECT b_id('O', i, 7) AS opportunity_id, b_id('P', p + 1, 4) AS person_id,
                b_of(i, 81, ['sales', 'sales', 'sales', NULL, 'recruiting']) AS pipeline,
                b_id('F', c // 8, 6) AS account_id, b_id('C', c, 6) AS contact_id,
                CASE WHEN has_lead THEN b_id('L', l, 7) END AS lead_id,
                b_of(i, 82, ['web', 'event', 'referral', 'partner', NULL]) AS source,
                b_of(i, 83, ['Basic', 'Plus', 'Pro', 'Max']) AS product, {self._at("opened_day", 84)} AS opened_at,
                {self._at("opened_day", 84)}::DATE + 60 AS expected_close_on,
                CASE WHEN status <> 'open' THEN greatest({self._at("closed_day", 85)}, {self._at("opened_day", 84)})
                    END AS closed_at,
                status, CASE status WHEN 'open' THEN b_of(i, 86, ['first meeting', 'offer', 'agreement']) END AS stage,
                CASE WHEN status = 'won' OR b_hash(i, 87) % 3 > 0 THEN worth END AS amount,
                CASE WHEN b_hash(i, 88) % 10 > 0 THEN (worth * (10 + b_hash(i, 89) % 40) / 100)::DECIMAL(18, 2) END
                    AS gross_margin,
                CASE WHEN b_hash(i, 96) % 2 = 0 THEN (worth * (b_hash(i, 97) % 9) / 100)::DECIMAL(18, 2) END AS cost,
                CASE WHEN status = 'won' AND fate = 39 AND closed_day + 10 <= {last}
                    THEN {self._at("closed_day + 10", 85)} END AS cancelled_at
            FROM ended"""


def _write(db: duckdb.DuckDBPyConnection, query: str, folder: Path, table: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = str(folder / f"{table}.csv").replace("'", "''")
    db.execute(f"COPY ({query}) TO '{path}' (FORMAT csv, HEADER)")
