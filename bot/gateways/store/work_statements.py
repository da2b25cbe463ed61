"""Every SQL text of the queue of due work: ask, claim, finish, postpone, give back.

Parameters are `:name`, and every statement returns rows. A comment `/* FOR UPDATE … */` is for engines with
row locks, which read it without the comment signs.
"""

DUE = "SELECT COUNT(*) AS number FROM work WHERE due_at <= :now OR owner IS NOT NULL"

OLDEST_DUE = "SELECT MIN(due_at) AS due_at FROM work WHERE due_at <= :now"

NEXT_DUE = "SELECT MIN(due_at) AS due_at FROM work WHERE due_at > :now AND owner IS NULL"

# Held rows keep their `due_at`: the worker is about it. What is asked for meanwhile waits in `again_at`. The
# trace is that of whoever asked first for what no worker has begun.
ENQUEUE = """
INSERT INTO work (key, kind, lane, due_at, payload, attempt, wanted, trace)
VALUES (:key, :kind, :lane, :due_at, :payload, 0, :wanted, :trace)
ON CONFLICT (key) DO UPDATE SET
    payload = excluded.payload,
    trace = CASE
        WHEN work.owner IS NULL OR work.again_at IS NOT NULL THEN COALESCE(work.trace, excluded.trace)
        ELSE COALESCE(excluded.trace, work.trace)
    END,
    wanted = work.wanted + 1,
    again_at = CASE
        WHEN work.owner IS NULL OR work.again_at < excluded.due_at THEN work.again_at
        ELSE excluded.due_at
    END
RETURNING trace, due_at, owner
"""

# By itself, since it is rare: a statement that sets `due_at` writes two indexes anew, changed or not.
BRING_FORWARD = """
UPDATE work SET due_at = :due_at WHERE key = :key AND owner IS NULL AND due_at > :due_at RETURNING key
"""

# A row whose lease ran out comes first in its lane, since a lane has one holder at most. The rest of a
# lane waits for its first row, so that two claims at once cannot take two rows of it. Chosen once, whatever
# plan is made: a choice that locks and counts must not be made again for each row. Lanes are told apart by
# one pass over what is due: looking from each row for others of its lane takes a planner without fresh
# statistics half a second for 2,000 rows.
CLAIM = """
WITH lanes AS MATERIALIZED (
    SELECT key, ROW_NUMBER() OVER (
        PARTITION BY lane ORDER BY CASE WHEN owner IS NULL THEN 1 ELSE 0 END, due_at, key
    ) AS place
    FROM work WHERE owner IS NOT NULL OR due_at <= :now
),
chosen AS MATERIALIZED (
    SELECT candidate.key FROM work AS candidate
    WHERE candidate.key IN (SELECT lanes.key FROM lanes WHERE lanes.place = 1)
    AND ((candidate.owner IS NULL AND candidate.due_at <= :now) OR candidate.lease_until <= :machine_now)
    ORDER BY candidate.due_at, candidate.key
    LIMIT :limit
    /* FOR UPDATE SKIP LOCKED */
)
UPDATE work
SET owner = :owner, lease_until = :lease_until, attempt = attempt + 1,
    claimed = wanted, again_at = CASE WHEN again_at > :now THEN again_at END
WHERE key IN (SELECT chosen.key FROM chosen)
RETURNING key, kind, lane, due_at, payload, attempt, claimed, trace,
    (SELECT quiet_lanes.until FROM quiet_lanes WHERE quiet_lanes.lane = work.lane) AS quiet_until
"""

REMOVE_FINISHED = """
DELETE FROM work
WHERE key = :key AND owner = :owner AND attempt = :attempt AND claimed = :wanted AND again_at IS NULL
RETURNING key
"""

RELEASE_FINISHED = """
UPDATE work
SET owner = NULL, lease_until = NULL, claimed = NULL, attempt = 0,
    due_at = CASE WHEN again_at > :now THEN again_at ELSE :now END, again_at = NULL
WHERE key = :key AND owner = :owner AND attempt = :attempt AND claimed = :wanted
RETURNING key
"""

# Who asked meanwhile knows better than the worker what is wanted, and when at the latest.
POSTPONE = """
UPDATE work
SET owner = NULL, lease_until = NULL, claimed = NULL, again_at = NULL,
    payload = CASE WHEN again_at IS NULL THEN COALESCE(:payload, payload) ELSE payload END,
    due_at = CASE WHEN again_at < :due_at THEN again_at ELSE :due_at END
WHERE key = :key AND owner = :owner AND attempt = :attempt AND claimed = :wanted
RETURNING key
"""

KEEP_LANE_QUIET = """
INSERT INTO quiet_lanes (lane, until) VALUES (:lane, :until)
ON CONFLICT (lane) DO UPDATE SET
    until = CASE WHEN quiet_lanes.until > excluded.until THEN quiet_lanes.until ELSE excluded.until END
RETURNING lane
"""

HOLDERS = "SELECT DISTINCT owner FROM work WHERE owner IS NOT NULL ORDER BY owner"

HELD = "SELECT key, attempt FROM work WHERE owner = :owner"

RENEW = """
UPDATE work SET lease_until = :lease_until WHERE owner = :owner RETURNING key
"""

# What was asked for again stays remembered in `again_at`.
GIVE_BACK = """
UPDATE work SET owner = NULL, lease_until = NULL, claimed = NULL WHERE owner = :owner RETURNING key
"""

GIVE_BACK_ONE = """
UPDATE work SET owner = NULL, lease_until = NULL, claimed = NULL
WHERE owner = :owner AND key = :key AND attempt = :attempt RETURNING key
"""
