-- The gateways, who may act for which, and the meeting at the beginning of each connection: it
-- finds a gateway that was copied or restored, and a central database that was restored.
--
-- Errors of these functions have codes of their own, by which the gateway knows what it was told:
-- PU001 fenced, PU002 not enrolled, PU003 a wrong request.

CREATE TABLE pulih.central (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  rewinds bigint NOT NULL DEFAULT 0,
  -- Where the last meeting found this database. A recovery to a point in time begins a new timeline
  -- (PostgreSQL manual 26.3.6), a dump comes into a cluster with another identifier.
  cluster text NOT NULL,
  rewound_at timestamptz NOT NULL DEFAULT '-infinity');

CREATE TABLE pulih.gateway (
  site pulih.site_name PRIMARY KEY,
  region pulih.site_name NOT NULL,
  role name UNIQUE,  -- who logs in; none: it sits behind the hub
  fence bigint NOT NULL DEFAULT 0,
  meetings bigint NOT NULL DEFAULT 0 CHECK (meetings >= 0),
  draw bigint NOT NULL DEFAULT 0,
  -- By its owner: whichever copy comes next is the gateway from then on.
  admitted boolean NOT NULL DEFAULT false,
  met_at timestamptz,
  enrolled_at timestamptz NOT NULL DEFAULT now());

CREATE FUNCTION pulih.cluster() RETURNS text
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pulih, pg_temp AS $$
  SELECT (SELECT system_identifier FROM pg_control_system()) || '/'
      || left(pg_walfile_name(pg_current_wal_lsn()), 8)
$$;
INSERT INTO pulih.central (cluster) VALUES (pulih.cluster());

-- Of what a gateway of this region follows: another one after a restore, and for a gateway that was
-- given another region. Its copy is then compared as a whole.
CREATE FUNCTION pulih.epoch(region text) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pulih, pg_temp AS $$
  SELECT substring(sha256(convert_to(concat_ws(':', id, rewinds, region), 'UTF8')) FOR 16)
  FROM pulih.central
$$;

-- This database was restored: everything that it hands out from now on is new to every gateway.
CREATE FUNCTION pulih.rewind() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pulih, pg_temp AS $$
BEGIN
  UPDATE pulih.central SET rewinds = rewinds + 1, cluster = pulih.cluster(), rewound_at = now();
  -- Versions that were handed out after the backup are not handed out again.
  PERFORM setval('pulih.row_version', ((nextval('pulih.row_version') >> 40) + 1) << 40);
  PERFORM setval('pulih.identity_version', nextval('pulih.identity_version') + 100000);
  -- Rows of a dump have transactions of the cluster that it was taken from.
  UPDATE pulih.account SET region = region WHERE chg > pg_current_xact_id();
  UPDATE pulih.tombstone SET chg = pg_current_xact_id() WHERE chg > pg_current_xact_id();
  UPDATE pulih.contact_change SET chg = pg_current_xact_id()
    WHERE place IS NULL AND chg > pg_current_xact_id();
END $$;

-- The gateway that the caller may act for. A gateway is known by its login and gives no name; the
-- hub names the site that it speaks for.
CREATE FUNCTION pulih.acting(asked_site text) RETURNS pulih.gateway
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pulih, pg_temp AS $$
DECLARE
  its pulih.gateway;
BEGIN
  IF asked_site IS NULL THEN
    SELECT * INTO its FROM pulih.gateway WHERE role = session_user;
  ELSIF pg_has_role(session_user, 'pulih_hub', 'MEMBER') THEN
    SELECT * INTO its FROM pulih.gateway WHERE site = asked_site;
  END IF;
  IF its.site IS NULL THEN
    RAISE 'this gateway is not enrolled' USING ERRCODE = 'PU002';
  END IF;
  RETURN its;
END $$;

-- The same for what changes something: its row is held, so that no other copy takes its place
-- before this transaction has ended.
CREATE FUNCTION pulih.acting(asked_site text, shown_fence bigint) RETURNS pulih.gateway
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pulih, pg_temp AS $$
DECLARE
  its pulih.gateway := pulih.acting(asked_site);
BEGIN
  SELECT * INTO its FROM pulih.gateway WHERE site = its.site FOR KEY SHARE;
  IF its.fence IS DISTINCT FROM shown_fence THEN
    RAISE 'another copy of this gateway has taken its place' USING ERRCODE = 'PU001';
  END IF;
  RETURN its;
END $$;

-- `meetings` and `draw` as the gateway keeps them; it repeats the pair until it is answered.
CREATE FUNCTION pulih.hello(asked_site text, met bigint, drawn bigint, shown_fence bigint,
  OUT fence bigint, OUT epoch bytea, OUT behind boolean, OUT region text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pulih, pg_temp AS $$
DECLARE
  its pulih.gateway := pulih.acting(asked_site);
  present bigint;
  sane CONSTANT bigint := 1::bigint << 60;  -- from there on a count could no longer rise
BEGIN
  IF met IS NULL OR met NOT BETWEEN 1 AND sane OR drawn IS NULL
     OR shown_fence IS NULL OR shown_fence NOT BETWEEN 0 AND sane THEN
    RAISE 'this is no meeting' USING ERRCODE = 'PU003';
  END IF;
  SELECT * INTO its FROM pulih.gateway WHERE site = its.site FOR UPDATE;
  IF (SELECT cluster FROM pulih.central) <> pulih.cluster() THEN
    PERFORM FROM pulih.central WHERE cluster <> pulih.cluster() FOR UPDATE;
    IF FOUND THEN
      PERFORM pulih.rewind();
    END IF;
  END IF;
  present := its.fence;
  behind := false;

  IF its.meetings = met AND its.draw = drawn AND NOT its.admitted THEN
    NULL;  -- a repetition: the answer was lost
  ELSIF its.admitted OR its.meetings = 0 AND met = 1 THEN
    present := greatest(present, shown_fence) + 1;
  ELSIF shown_fence < present THEN
    RAISE 'another copy of this gateway has taken its place' USING ERRCODE = 'PU001';
  ELSIF met > its.meetings + 1 OR shown_fence > present THEN
    -- It remembers more than we do.
    behind := true;
    present := greatest(present, shown_fence);
    -- One gateway that lies may not wear out the versions of all.
    UPDATE pulih.central SET rewound_at = rewound_at WHERE rewound_at < now() - interval '1 hour';
    IF FOUND THEN
      PERFORM pulih.rewind();
    END IF;
  ELSIF met <= its.meetings THEN
    present := present + 1;  -- an older copy, or a clone: it is the gateway from now on
  END IF;

  UPDATE pulih.gateway AS g
    SET fence = present, meetings = met, draw = drawn, admitted = false, met_at = now()
    WHERE g.site = its.site;
  fence := present;
  epoch := pulih.epoch(its.region);
  region := its.region;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA pulih FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pulih.hello TO pulih_gateway, pulih_hub;
