"""Every SQL text that we run on what is remembered, one per need, understood by SQLite and PostgreSQL alike.

Parameters are `:name`. Every statement returns rows, so that a write tells what it did. The queue of due work
has a page of its own, `work_statements.py`.
"""

# --- Deliveries and failures ----------------------------------------------------------------------

ACCEPT_DELIVERY = """
INSERT INTO deliveries (key, at, body) VALUES (:key, :at, :body)
ON CONFLICT DO NOTHING RETURNING key
"""

FORGET_DELIVERIES = "DELETE FROM deliveries WHERE at < :before RETURNING key"

ADD_FAILURE = """
INSERT INTO failures (instance, workflow_id, journal_id, at, workflow, reported_at, body)
VALUES (:instance, :workflow_id, :journal_id, :at, :workflow, :reported_at, :body)
ON CONFLICT DO NOTHING RETURNING at
"""

FAILURES = """
SELECT body FROM failures WHERE instance = :instance AND workflow = :workflow AND at >= :since
ORDER BY at, workflow_id, journal_id
"""

NEAREST_FAILURE = """
SELECT body FROM failures WHERE instance = :instance AND workflow = :workflow
ORDER BY ABS(at - :at), at DESC, workflow_id, journal_id LIMIT 1
"""

# --- Incidents ------------------------------------------------------------------------------------

INCIDENT = "SELECT body FROM incidents WHERE id = :id"

INCIDENTS = "SELECT body FROM incidents ORDER BY last_at DESC, id DESC LIMIT :limit"

OPEN_INCIDENTS = """
SELECT body FROM incidents WHERE state = 'open' ORDER BY last_at DESC, id DESC LIMIT :limit
"""

OPEN_INCIDENTS_OF_WORKFLOW = """
SELECT body FROM incidents WHERE instance = :instance AND workflow = :workflow AND state = 'open'
ORDER BY last_at DESC, id DESC
"""

ADD_INCIDENT = """
INSERT INTO incidents (id, instance, workflow, cause, state, last_at, revision, body)
VALUES (:id, :instance, :workflow, :cause, :state, :last_at, :revision, :body)
ON CONFLICT DO NOTHING RETURNING id
"""

SAVE_INCIDENT = """
UPDATE incidents
SET cause = :cause, state = :state, last_at = :last_at, revision = :revision, body = :body
WHERE id = :id AND revision = :current AND instance = :instance AND workflow = :workflow
AND (:state <> 'open' OR NOT EXISTS (
    SELECT 1 FROM incidents AS other
    WHERE other.instance = :instance AND other.workflow = :workflow AND other.cause = :cause
    AND other.state = 'open' AND other.id <> :id
))
RETURNING id
"""

OPEN_INCIDENTS_BY_CAUSE = """
SELECT instance, cause, COUNT(*) AS number FROM incidents WHERE state = 'open' GROUP BY instance, cause
"""

# --- Proposals ------------------------------------------------------------------------------------

PROPOSAL = "SELECT body FROM proposals WHERE id = :id"

UNDECIDED = """
SELECT body FROM proposals WHERE instance = :instance AND workflow = :workflow AND undecided = 1
"""

ADD_PROPOSAL = """
INSERT INTO proposals (id, instance, workflow, stage, undecided, revision, body)
VALUES (:id, :instance, :workflow, :stage, :undecided, :revision, :body)
ON CONFLICT DO NOTHING RETURNING id
"""

SAVE_PROPOSAL = """
UPDATE proposals SET stage = :stage, undecided = :undecided, revision = :revision, body = :body
WHERE id = :id AND revision = :current AND stage = :stage_before
AND instance = :instance AND workflow = :workflow
RETURNING id
"""

STANDING = """
SELECT body FROM proposals
WHERE instance = :instance AND workflow = :workflow AND stage IN ('verified', 'proved')
ORDER BY id
"""

PROPOSALS_BY_STAGE = "SELECT stage, COUNT(*) AS number FROM proposals GROUP BY stage"

# --- Sightings and cards --------------------------------------------------------------------------

SIGHTINGS = "SELECT body FROM sightings ORDER BY instance, workflow"

SIGHTINGS_OF_INSTANCE = "SELECT body FROM sightings WHERE instance = :instance ORDER BY workflow"

SAVE_SIGHTING = """
INSERT INTO sightings (instance, workflow, body) VALUES (:instance, :workflow, :body)
ON CONFLICT (instance, workflow) DO UPDATE SET body = excluded.body RETURNING workflow
"""

SIGHT = "SELECT body FROM sights WHERE instance = :instance"

SAVE_SIGHT = """
INSERT INTO sights (instance, body) VALUES (:instance, :body)
ON CONFLICT (instance) DO UPDATE SET body = excluded.body RETURNING instance
"""

CARD = "SELECT body FROM cards WHERE key = :key"

SAVE_CARD = """
INSERT INTO cards (key, body) VALUES (:key, :body)
ON CONFLICT (key) DO UPDATE SET body = excluded.body RETURNING key
"""

# --- Home tabs and boxes --------------------------------------------------------------------------

HOME = "SELECT body FROM homes WHERE person = :person"

HOMES = "SELECT body FROM homes WHERE opened_at >= :since ORDER BY opened_at DESC, person"

SAVE_HOME = """
INSERT INTO homes (person, opened_at, body) VALUES (:person, :opened_at, :body)
ON CONFLICT (person) DO UPDATE SET opened_at = excluded.opened_at, body = excluded.body RETURNING person
"""

BOX = "SELECT body FROM boxes WHERE id = :id"

SAVE_BOX = """
INSERT INTO boxes (id, at, body) VALUES (:id, :at, :body)
ON CONFLICT (id) DO UPDATE SET at = excluded.at, body = excluded.body RETURNING id
"""

FORGET_BOXES = "DELETE FROM boxes WHERE at < :before RETURNING id"

# --- Lessons and notices --------------------------------------------------------------------------

LESSON = "SELECT body FROM lessons WHERE instance = :instance AND workflow = :workflow"

SAVE_LESSON = """
INSERT INTO lessons (instance, workflow, body) VALUES (:instance, :workflow, :body)
ON CONFLICT (instance, workflow) DO UPDATE SET body = excluded.body RETURNING workflow
"""

NOTICE = "SELECT body FROM notices WHERE key = :key"

ADD_NOTICE = """
INSERT INTO notices (key, body) VALUES (:key, :body) ON CONFLICT DO NOTHING RETURNING key
"""

SAVE_NOTICE = "UPDATE notices SET body = :body WHERE key = :key RETURNING key"

# --- Suggestions and ratings ----------------------------------------------------------------------

SUGGESTION = "SELECT body FROM suggestions WHERE incident = :incident"

SUGGESTIONS = "SELECT body FROM suggestions WHERE instance = :instance ORDER BY at, incident"

SAVE_SUGGESTION = """
INSERT INTO suggestions (incident, instance, at, body) VALUES (:incident, :instance, :at, :body)
ON CONFLICT (incident) DO UPDATE SET instance = excluded.instance, at = excluded.at, body = excluded.body
RETURNING incident
"""

RATINGS = "SELECT body FROM ratings WHERE instance = :instance ORDER BY at, incident, person"

RATINGS_OF_INCIDENT = "SELECT body FROM ratings WHERE incident = :incident ORDER BY at, person"

SAVE_RATING = """
INSERT INTO ratings (incident, person, instance, at, body)
VALUES (:incident, :person, :instance, :at, :body)
ON CONFLICT (incident, person) DO UPDATE
SET instance = excluded.instance, at = excluded.at, body = excluded.body
RETURNING incident
"""

# --- Requests -------------------------------------------------------------------------------------

REQUEST = "SELECT body FROM requests WHERE key = :key"

ADD_REQUEST = """
INSERT INTO requests (key, at, body) VALUES (:key, :at, :body) ON CONFLICT DO NOTHING RETURNING key
"""

SAVE_REQUEST = """
INSERT INTO requests (key, at, body) VALUES (:key, :at, :body)
ON CONFLICT (key) DO UPDATE SET at = excluded.at, body = excluded.body RETURNING key
"""

FORGET_REQUEST = "DELETE FROM requests WHERE key = :key RETURNING key"

FORGET_REQUESTS = "DELETE FROM requests WHERE at < :before RETURNING key"

# --- Refused log-ons ------------------------------------------------------------------------------

LOGON_BAR = "SELECT body FROM logon_bars WHERE instance = :instance"

SAVE_LOGON_BAR = """
INSERT INTO logon_bars (instance, body) VALUES (:instance, :body)
ON CONFLICT (instance) DO UPDATE SET body = excluded.body RETURNING instance
"""

LIFT_LOGON_BAR = "DELETE FROM logon_bars WHERE instance = :instance RETURNING instance"

# --- Audit ----------------------------------------------------------------------------------------

AUDIT = """
SELECT sequence, body, previous, digest FROM audit WHERE sequence > :after ORDER BY sequence LIMIT :limit
"""

AUDIT_ABOUT = """
SELECT sequence, body, previous, digest FROM audit WHERE body LIKE :mention ORDER BY sequence
"""

LAST_AUDIT = "SELECT sequence, digest FROM audit ORDER BY sequence DESC LIMIT 1"

SEALS = "SELECT sequence, body FROM seals ORDER BY sequence"

ADD_SEAL = """
INSERT INTO seals (sequence, body) VALUES (:sequence, :body) ON CONFLICT DO NOTHING RETURNING sequence
"""

RECORD = """
INSERT INTO audit (sequence, body, previous, digest) VALUES (:sequence, :body, :previous, :digest)
RETURNING sequence
"""
