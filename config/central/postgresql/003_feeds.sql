-- What the gateways read of their own region, and nothing else: the changes, the fingerprints by
-- which a copy is compared, the rows of a block, and the contacts that were changed. None of it
-- holds a verifier.

-- A place in the feed of changes is either
--   EPOCH.r.RESUME             between two sweeps: everything from transaction RESUME on comes next
--   EPOCH.s.RESUME.CHG.NUMBER  within a sweep, after the row (CHG, NUMBER); when it ends, the next
--                              one begins from RESUME
-- RESUME is the oldest transaction that was under way when the sweep began: what it and later ones
-- write comes with the next sweep, though some of it may have come already. The last row of an
-- answer is no account: it tells the next place, how many rows come after it now, and the oldest
-- transaction under way, which holds the sweeps up when it never ends. Anything else as a place, and a
-- place of another epoch, is the beginning. EPOCH is the front of pulih.epoch.
CREATE FUNCTION pulih.changes(asked_site text, urgent boolean, place text, most integer)
RETURNS TABLE (number bigint, row_version bigint, gone boolean, id text, birth_date integer,
  phone bigint, email text, activated boolean, locked boolean, contact_changed bigint,
  password_version bigint, identity_version bigint, next text, behind bigint, watermark xid8)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pulih, pg_temp AS $$
#variable_conflict use_column
DECLARE
  its CONSTANT pulih.gateway := pulih.acting(asked_site);
  epoch CONSTANT text := left(encode(pulih.epoch(its.region), 'hex'), 8);
  -- Taken before the rows are read: nothing that they do not show is older than this.
  resume xid8 := pg_snapshot_xmin(pg_current_snapshot());
  page CONSTANT integer := least(greatest(coalesce(most, 0), 1), 10000);
  after_chg xid8 := '0';
  after_number bigint := 0;
  parts text[] := regexp_match(place, '^([0-9a-f]{8})\.([rs])\.(\d{1,19})(?:\.(\d{1,19})\.(\d{1,18}))?$');
  given integer := 0;
  oldest CONSTANT xid8 := resume;
  row record;
BEGIN
  IF place = 'now' THEN
    next := epoch || '.r.' || resume;
    behind := 0;
    watermark := resume;
    RETURN NEXT;
    RETURN;
  END IF;
  IF parts[1] = epoch AND parts[2] = 'r' AND parts[4] IS NULL THEN
    after_chg := parts[3]::xid8;
  ELSIF parts[1] = epoch AND parts[2] = 's' AND parts[4] IS NOT NULL THEN
    resume := parts[3]::xid8;
    after_chg := parts[4]::xid8;
    after_number := parts[5]::bigint;
  END IF;

  FOR row IN EXECUTE format($sweep$
    SELECT * FROM (
      (SELECT %1$I AS chg, number, row_version, false AS gone, id, birth_date, phone, email,
         activated, locked, contact_changed, password_version, identity_version
       FROM pulih.account WHERE region = $1 AND (%1$I, number) > ($2, $3)
       ORDER BY %1$I, number LIMIT $4)
      UNION ALL
      (SELECT chg, number, row_version, true, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
       FROM pulih.tombstone WHERE region = $1 AND (chg, number) > ($2, $3)
       ORDER BY chg, number LIMIT $4)) AS changed
    ORDER BY chg, number LIMIT $4 $sweep$, CASE WHEN urgent THEN 'identity_chg' ELSE 'chg' END)
    USING its.region, after_chg, after_number, page
  LOOP
    given := given + 1;
    after_chg := row.chg;
    after_number := row.number;
    number := row.number;
    row_version := row.row_version;
    gone := row.gone;
    id := row.id;
    birth_date := to_char(row.birth_date, 'YYYYMMDD')::integer;
    phone := row.phone;
    email := row.email;
    activated := row.activated;
    locked := row.locked;
    contact_changed := extract(epoch FROM row.contact_changed)::bigint;
    password_version := row.password_version;
    identity_version := row.identity_version;
    RETURN NEXT;
  END LOOP;

  number := NULL;
  behind := 0;
  IF given = page THEN  -- 50,000 stands for that many or more: the count is not to cost more than a page
    EXECUTE format($rest$
      SELECT (SELECT count(*) FROM (SELECT FROM pulih.account
                WHERE region = $1 AND (%1$I, number) > ($2, $3) LIMIT 50000) AS live)
           + (SELECT count(*) FROM (SELECT FROM pulih.tombstone
                WHERE region = $1 AND (chg, number) > ($2, $3) LIMIT 50000) AS gone) $rest$,
      CASE WHEN urgent THEN 'identity_chg' ELSE 'chg' END)
      INTO behind USING its.region, after_chg, after_number;
  END IF;
  watermark := oldest;
  next := epoch || CASE WHEN behind > 0 THEN '.s.' || resume || '.' || after_chg || '.' || after_number
    ELSE '.r.' || resume END;
  RETURN NEXT;
END $$;

-- Block by block over the index, so that a page costs what it holds.
CREATE FUNCTION pulih.fingerprints(asked_site text, first_block bigint, most integer)
RETURNS TABLE (block bigint, rows integer, hash bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pulih, pg_temp AS $$
#variable_conflict use_column
DECLARE
  its CONSTANT pulih.gateway := pulih.acting(asked_site);
  here bigint := least(greatest(coalesce(first_block, 0), 0), 1::bigint << 52);
BEGIN
  FOR n IN 1 .. least(greatest(coalesce(most, 0), 1), 10000) LOOP
    SELECT a.number / 1024 INTO here FROM pulih.account AS a
      WHERE a.region = its.region AND a.number >= here * 1024 ORDER BY a.number LIMIT 1;
    EXIT WHEN NOT FOUND;
    RETURN QUERY
      SELECT here, count(*)::integer, substring(sha256(convert_to(string_agg(
        a.number || ':' || a.row_version || E'\n', '' ORDER BY a.number), 'UTF8')) FOR 8)
      FROM pulih.account AS a
      WHERE a.region = its.region AND a.number BETWEEN here * 1024 AND here * 1024 + 1023;
    here := here + 1;
  END LOOP;
END $$;

CREATE FUNCTION pulih.rows(asked_site text, asked_block bigint)
RETURNS TABLE (number bigint, row_version bigint, gone boolean, id text, birth_date integer,
  phone bigint, email text, activated boolean, locked boolean, contact_changed bigint,
  password_version bigint, identity_version bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pulih, pg_temp AS $$
#variable_conflict use_column
DECLARE
  its CONSTANT pulih.gateway := pulih.acting(asked_site);
  first CONSTANT bigint := least(greatest(asked_block, 0), 1::bigint << 52) * 1024;
BEGIN
  RETURN QUERY
    SELECT a.number, a.row_version, false, a.id, to_char(a.birth_date, 'YYYYMMDD')::integer, a.phone,
      a.email, a.activated, a.locked, extract(epoch FROM a.contact_changed)::bigint,
      a.password_version, a.identity_version
    FROM pulih.account AS a
    WHERE a.region = its.region AND a.number BETWEEN first AND first + 1023
    ORDER BY a.number;
END $$;

-- How far the changed contacts of a region have been given places.
CREATE TABLE pulih.contact_feed (
  region pulih.site_name PRIMARY KEY,
  last_place bigint NOT NULL);

-- Places are given under the lock of the region's row, to changes that no transaction under way can
-- come before: who has seen a place has seen all before it. A restored database goes on above all
-- that it ever gave.
CREATE FUNCTION pulih.contact_changes(asked_site text, after_place bigint, most integer)
RETURNS TABLE (place bigint, id text, old_phone bigint, old_email text, new_phone bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pulih, pg_temp AS $$
#variable_conflict use_column
DECLARE
  its CONSTANT pulih.gateway := pulih.acting(asked_site);
  final CONSTANT xid8 := pg_snapshot_xmin(pg_current_snapshot());
  kept CONSTANT interval := '90 days';
  given bigint;
BEGIN
  IF EXISTS (SELECT FROM pulih.contact_change AS c
             WHERE c.region = its.region AND c.place IS NULL AND c.chg < final) THEN
    INSERT INTO pulih.contact_feed VALUES (its.region, 0) ON CONFLICT DO NOTHING;
    SELECT greatest(f.last_place, (SELECT rewinds FROM pulih.central) << 40) INTO given
      FROM pulih.contact_feed AS f WHERE f.region = its.region FOR UPDATE;
    WITH numbered AS (
      SELECT c.ctid AS at, row_number() OVER (ORDER BY c.chg, c.number) AS n
      FROM pulih.contact_change AS c
      WHERE c.region = its.region AND c.place IS NULL AND c.chg < final)
    UPDATE pulih.contact_change AS c SET place = given + numbered.n
      FROM numbered WHERE c.ctid = numbered.at;
    UPDATE pulih.contact_feed AS f
      SET last_place = coalesce((SELECT max(c.place) FROM pulih.contact_change AS c
                                 WHERE c.region = its.region), given)
      WHERE f.region = its.region;
    -- Old contacts are not kept for longer than a gateway may be away.
    DELETE FROM pulih.contact_change AS c
      WHERE c.region = its.region AND c.place IS NOT NULL AND c.at < now() - kept;
  END IF;
  RETURN QUERY
    SELECT c.place, c.id, c.old_phone, c.old_email, c.new_phone FROM pulih.contact_change AS c
    WHERE c.region = its.region AND c.place > after_place
    ORDER BY c.place LIMIT least(greatest(most, 1), 10000);
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA pulih FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pulih.changes, pulih.fingerprints, pulih.rows, pulih.contact_changes
  TO pulih_gateway, pulih_hub;
