-- A directory keeps the passwords (LDAP, SCIM): the accounts come from there, and a new password is
-- put there. This database stays the ledger of versions, operations and gateways, and remembers of
-- each entry what the directory showed of it. Only a hub calls these functions.

CREATE SEQUENCE pulih.directory_moment;

CREATE TABLE pulih.directory_entry (
  number bigint PRIMARY KEY REFERENCES pulih.account ON DELETE CASCADE,
  handle text NOT NULL UNIQUE CHECK (length(handle) BETWEEN 1 AND 512),
  -- The marks of the whole entry and of its password, as the directory showed them last.
  state text NOT NULL CHECK (length(state) <= 128),
  password text NOT NULL CHECK (length(password) <= 128),
  -- Of pulih.directory_moment, when this row was written. What the directory was asked for before
  -- that is older than this row.
  moment bigint NOT NULL,
  rewinds bigint NOT NULL);  -- of pulih.central, at that moment

CREATE TABLE pulih.directory_listing (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  -- By the owner: the next full listing is believed, however many accounts it lacks.
  believed boolean NOT NULL DEFAULT false);
INSERT INTO pulih.directory_listing DEFAULT VALUES;

-- Whoever writes a verifier here has changed no password: the directory's is another one.
CREATE FUNCTION pulih.kept_in_directory() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pulih, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM pulih.directory_entry AS d WHERE d.number = NEW.number) THEN
    RAISE 'the password of this account is kept in a directory' USING ERRCODE = 'PU004';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER kept_in_directory BEFORE UPDATE OF verifier ON pulih.account
  FOR EACH ROW WHEN (NEW.verifier IS DISTINCT FROM OLD.verifier)
  EXECUTE FUNCTION pulih.kept_in_directory();

-- After a restore of this database, and not of the directory, nobody knows how often a password was
-- changed since the backup: the version leaps over every one that a change was made on, so that
-- none of those that the gateways replay is applied a second time. Fires after `stamp`.
CREATE FUNCTION pulih.stamp_restored() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pulih, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM pulih.directory_entry AS d, pulih.central AS c
             WHERE d.number = NEW.number AND d.rewinds <> c.rewinds) THEN
    NEW.password_version := NEW.password_version + 100000;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER stamp_restored BEFORE UPDATE OF password_changed ON pulih.account
  FOR EACH ROW WHEN (NEW.password_changed IS DISTINCT FROM OLD.password_changed)
  EXECUTE FUNCTION pulih.stamp_restored();

-- ---- what the directory has --------------------------------------------------------------------

-- Asked for before the directory is: what it answers is from then or later.
CREATE FUNCTION pulih.directory_moment() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pulih, pg_temp AS $$
BEGIN
  PERFORM pulih.notice_restore();  -- an import may be the first to come to a restored database
  RETURN nextval('pulih.directory_moment');
END $$;

CREATE TYPE pulih.directory_listed AS (handle text, state text, password text, region text, id text,
  birth_date integer, phone bigint, email text, activated boolean, locked boolean,
  instead_of text);  -- a handle that is no more, whose account this entry has now

-- Which account an entry is: the one of its handle, or else of its id. Nothing in `number`: a new
-- one. In `holder`: its id is another entry's, with this handle, and nothing can be done.
CREATE FUNCTION pulih.directory_account(e pulih.directory_listed, asked_at bigint,
  OUT number bigint, OUT taken boolean, OUT holder text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pulih, pg_temp AS $$
DECLARE
  same_id record;
BEGIN
  taken := false;
  SELECT d.number INTO number FROM pulih.directory_entry AS d WHERE d.handle = e.handle;
  SELECT a.number, d.handle, d.moment INTO same_id
    FROM pulih.account AS a LEFT JOIN pulih.directory_entry AS d ON d.number = a.number
    WHERE a.id = e.id;
  IF same_id.number IS NULL OR same_id.number = number THEN
    RETURN;
  END IF;
  IF same_id.handle IS NULL AND number IS NULL THEN
    number := same_id.number;  -- it was here before the directory was
  ELSIF same_id.handle = e.instead_of AND same_id.moment < asked_at THEN
    IF number IS NULL THEN
      number := same_id.number;
    ELSE
      DELETE FROM pulih.account AS a WHERE a.number = same_id.number;
    END IF;
  ELSE
    taken := true;
    holder := same_id.handle;
  END IF;
END $$;

-- One entry: 'same', 'taken in', 'stale' (it was changed here after the directory was asked: ask
-- again), 'id of another' (`holder` is its handle), 'unusable'. Callers hold the lock of imports.
CREATE FUNCTION pulih.directory_take_one(e pulih.directory_listed, asked_at bigint,
  OUT outcome text, OUT holder text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pulih, pg_temp AS $$
DECLARE
  its record;
  known pulih.account;
  entry pulih.directory_entry;
  now_rewinds CONSTANT bigint := (SELECT rewinds FROM pulih.central);
  born date;
BEGIN
  SELECT * INTO its FROM pulih.directory_account(e, asked_at);
  IF its.taken THEN
    outcome := 'id of another';
    holder := its.holder;
    RETURN;
  END IF;
  SELECT * INTO known FROM pulih.account AS a WHERE a.number = its.number FOR UPDATE;
  SELECT * INTO entry FROM pulih.directory_entry AS d WHERE d.number = its.number;
  born := to_date(e.birth_date::text, 'YYYYMMDD');
  outcome := CASE WHEN (entry.state, entry.password, entry.handle, known.region, known.id,
      known.birth_date, known.phone, known.email, known.activated, known.locked)
    IS DISTINCT FROM (e.state, e.password, e.handle, e.region, e.id, born, e.phone, e.email,
      e.activated, e.locked) THEN 'taken in' ELSE 'same' END;
  IF outcome = 'taken in' AND entry.moment > asked_at THEN
    outcome := 'stale';
    RETURN;
  END IF;
  IF outcome = 'taken in' AND known.number IS NULL THEN
    INSERT INTO pulih.account AS a (region, id, birth_date, phone, email, activated, locked)
      VALUES (e.region, e.id, born, e.phone, e.email, e.activated, e.locked)
      RETURNING a.number INTO known.number;
  ELSIF outcome = 'taken in' THEN
    -- The account first: stamp_restored looks at the entry as it was.
    UPDATE pulih.account AS a
      SET region = e.region, id = e.id, birth_date = born, phone = e.phone, email = e.email,
        activated = e.activated, locked = e.locked,
        password_changed = CASE WHEN entry.password IS DISTINCT FROM e.password
          THEN greatest(clock_timestamp(), a.password_changed + interval '1 microsecond')
          ELSE a.password_changed END
      WHERE a.number = known.number;
  END IF;
  INSERT INTO pulih.directory_entry AS d
    VALUES (known.number, e.handle, e.state, e.password, nextval('pulih.directory_moment'),
      now_rewinds)
    ON CONFLICT (number) DO UPDATE SET handle = excluded.handle, state = excluded.state,
      password = excluded.password, moment = excluded.moment, rewinds = excluded.rewinds;
EXCEPTION WHEN data_exception OR integrity_constraint_violation THEN
  outcome := 'unusable';
END $$;

-- What the directory told of entries, after it was asked at a moment. In the order of the entries.
CREATE FUNCTION pulih.directory_take(asked_at bigint, handles text[], states text[],
  passwords text[], regions text[], ids text[], birth_dates integer[], phones bigint[],
  emails text[], activated boolean[], locked boolean[], instead_of text[])
RETURNS TABLE (outcome text, holder text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pulih, pg_temp AS $$
DECLARE
  e pulih.directory_listed;
BEGIN
  -- Imports one after the other: two that took entries in in another order would wait for each
  -- other's. A gateway's reset waits for nothing here.
  PERFORM pg_advisory_xact_lock(hashtextextended('pulih.directory_take', 0));
  FOR e IN SELECT * FROM unnest(handles, states, passwords, regions, ids, birth_dates, phones,
    emails, activated, locked, instead_of)
  LOOP
    SELECT t.outcome, t.holder INTO outcome, holder
      FROM pulih.directory_take_one(e, asked_at) AS t;
    RETURN NEXT;
  END LOOP;
END $$;

-- After a full listing that was asked for at this moment: who was not named is gone. One that lacks
-- more than a fifth of the entries, and more than fifty, or every one, is not believed.
CREATE FUNCTION pulih.directory_listed(asked_at bigint,
  OUT believed boolean, OUT entries bigint, OUT missing bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pulih, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('pulih.directory_take', 0));
  SELECT count(*), count(*) FILTER (WHERE d.moment < asked_at) INTO entries, missing
    FROM pulih.directory_entry AS d;
  believed := missing = 0 OR NOT (missing = entries OR missing > 50 AND missing * 5 > entries)
    OR (SELECT l.believed FROM pulih.directory_listing AS l);
  IF believed AND missing > 0 THEN
    DELETE FROM pulih.account AS a USING pulih.directory_entry AS d
      WHERE d.number = a.number AND d.moment < asked_at;
    UPDATE pulih.directory_listing AS l SET believed = false WHERE l.believed;
  END IF;
END $$;

-- ---- what teachers did -------------------------------------------------------------------------

-- A password change in two parts, since the directory is asked in between. This one answers with
-- the verdict, when there is one; else with 'under way', what stands against the change now (none:
-- it may be put, on this state of the entry), and whether it may have been put before: it was begun
-- before, or this database was restored and may have forgotten it. Of one account one connection at
-- a time is in between; its lock goes with pulih.directory_end or pulih.directory_let_go, and with
-- the connection.
CREATE FUNCTION pulih.directory_begin(asked_site text, shown_fence bigint, operation bytea,
  account_id text, base_password_version bigint, base_identity_version bigint, new_verifier text,
  must_change boolean, must_change_before bigint,
  OUT verdict text, OUT against text, OUT put_before boolean, OUT handle text, OUT state text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pulih, pg_temp AS $$
DECLARE
  its pulih.gateway;
  content bytea;
  known pulih.operation;
  here record;
BEGIN
  -- Before anything is written: who waits here holds up no feed.
  PERFORM set_config('lock_timeout', '20s', true);
  PERFORM pg_advisory_lock(hashtextextended('pulih.directory_begin ' || account_id, 0));
  its := pulih.acting(asked_site, shown_fence);
  IF current_setting('synchronous_commit') = 'off' THEN
    PERFORM set_config('synchronous_commit', 'on', true);
  END IF;
  -- As in pulih.apply_password: what was decided there is answered here.
  content := sha256(convert_to(jsonb_build_array(its.site, account_id, base_password_version,
    base_identity_version, new_verifier, must_change, must_change_before)::text, 'UTF8'));
  INSERT INTO pulih.operation (id, site, content, verdict)
    VALUES (operation, its.site, content, 'under way') ON CONFLICT (id) DO NOTHING;
  put_before := NOT FOUND;
  IF put_before THEN
    SELECT * INTO known FROM pulih.operation AS o WHERE o.id = operation;
    verdict := CASE WHEN known.content = content THEN known.verdict ELSE 'altered' END;
    IF verdict <> 'under way' THEN
      PERFORM pg_advisory_unlock_all();
      RETURN;
    END IF;
  END IF;

  SELECT a.number, a.password_version, a.identity_version, a.locked OR NOT a.activated AS shut,
      d.handle, d.state INTO here
    FROM pulih.account AS a JOIN pulih.directory_entry AS d ON d.number = a.number
    WHERE a.id = account_id AND a.region = its.region;
  handle := here.handle;
  state := here.state;
  verdict := 'under way';
  against := CASE
    WHEN here.number IS NULL THEN 'unknown_account'
    WHEN here.identity_version IS DISTINCT FROM base_identity_version OR here.shut
      THEN 'identity_changed'
    WHEN here.password_version IS DISTINCT FROM base_password_version THEN 'superseded' END;
  -- No gateway replays for longer than it keeps what was applied (limits.applied).
  put_before := put_before
    OR (SELECT rewound_at FROM pulih.central) > now() - interval '400 days';
  IF against IS NOT NULL AND NOT put_before THEN
    UPDATE pulih.operation AS o SET verdict = against WHERE o.id = operation;
    verdict := against;
    PERFORM pg_advisory_unlock_all();
  END IF;
END $$;

-- The verdict; where another connection was first, its verdict. With 'applied' come the marks that
-- the entry has since it was changed on the state `old_state`, and with them the version rises, in
-- one transaction: nobody takes the change for another one's. Without: they are known here already.
CREATE FUNCTION pulih.directory_end(asked_site text, operation bytea, outcome text,
  its_handle text, old_state text, new_state text, new_password text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pulih, pg_temp AS $$
DECLARE
  its CONSTANT pulih.gateway := pulih.acting(asked_site);
  entry pulih.directory_entry;
BEGIN
  IF outcome IS NULL OR outcome NOT IN
      ('applied', 'superseded', 'identity_changed', 'refused', 'unknown_account') THEN
    RAISE 'this is no verdict' USING ERRCODE = 'PU003';
  END IF;
  IF current_setting('synchronous_commit') = 'off' THEN
    PERFORM set_config('synchronous_commit', 'on', true);
  END IF;
  UPDATE pulih.operation AS o SET verdict = outcome
    WHERE o.id = operation AND o.site = its.site AND o.verdict = 'under way';
  IF NOT FOUND THEN
    SELECT o.verdict INTO outcome FROM pulih.operation AS o
      WHERE o.id = operation AND o.site = its.site;
  ELSIF outcome = 'applied' AND new_state IS NOT NULL THEN
    PERFORM FROM pulih.account AS a WHERE a.number =
      (SELECT d.number FROM pulih.directory_entry AS d WHERE d.handle = its_handle) FOR UPDATE;
    SELECT * INTO entry FROM pulih.directory_entry AS d WHERE d.handle = its_handle;
    -- Another state: an import has seen this change, or a later one.
    IF entry.state = old_state THEN
      UPDATE pulih.directory_entry AS d
        SET state = new_state, password = new_password, moment = nextval('pulih.directory_moment'),
          rewinds = (SELECT rewinds FROM pulih.central)
        WHERE d.number = entry.number;
      UPDATE pulih.account AS a
        SET password_changed =
          greatest(clock_timestamp(), a.password_changed + interval '1 microsecond')
        WHERE a.number = entry.number AND entry.password IS DISTINCT FROM new_password;
    END IF;
  END IF;
  PERFORM pg_advisory_unlock_all();
  RETURN outcome;
END $$;

-- The directory did not answer: the change stays under way, and others may come to the account.
CREATE FUNCTION pulih.directory_let_go() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pulih, pg_temp AS $$
  SELECT pg_advisory_unlock_all()
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA pulih FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pulih.directory_moment, pulih.directory_take, pulih.directory_listed,
  pulih.directory_begin, pulih.directory_end, pulih.directory_let_go TO pulih_hub;
