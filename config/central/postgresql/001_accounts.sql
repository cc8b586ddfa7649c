-- The accounts as the gateways see them, and the trigger that gives every change its versions and
-- its transaction. A ministry whose accounts lie in a table of its own keeps it: mapping_example.sql
-- shows how the two are held the same in one transaction.
--
-- chg is the transaction that changed a row last (pg_current_xact_id, PostgreSQL manual 9.27.7). A
-- reader that takes everything from the oldest transaction still under way misses nothing, whatever
-- the order of the commits; a sequence or a clock would.

-- Roles belong to the whole cluster: another database of it may have made them before.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'pulih_gateway') THEN
    CREATE ROLE pulih_gateway NOLOGIN;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'pulih_hub') THEN
    CREATE ROLE pulih_hub NOLOGIN;
  END IF;
END $$;

GRANT USAGE ON SCHEMA pulih TO pulih_gateway, pulih_hub;

CREATE DOMAIN pulih.site_name AS text CHECK (VALUE ~ '^[a-z0-9-]{1,32}$');

CREATE SEQUENCE pulih.row_version;
-- One sequence for all: a row that moved away and came back never repeats a version.
CREATE SEQUENCE pulih.identity_version MAXVALUE 4294967295;

CREATE TABLE pulih.account (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,  -- never used again
  region pulih.site_name NOT NULL,
  -- The normal form, without the account domain: budi12@guru.sd
  id text NOT NULL UNIQUE CHECK (id ~ '^[a-z0-9][a-z0-9._-]*@[a-z0-9.-]+$' AND length(id) <= 128),
  birth_date date CHECK (birth_date BETWEEN '1900-01-01' AND '2999-12-31'),
  phone bigint CHECK (phone BETWEEN 1 AND 999999999999999),  -- E.164: at most 15 digits
  email text CHECK (email ~ '^[!-~]+@[!-~]+$' AND length(email) <= 254),
  activated boolean NOT NULL DEFAULT true,
  locked boolean NOT NULL DEFAULT false,
  contact_changed timestamptz NOT NULL DEFAULT 'epoch',
  -- What the login checks a password against. A gateway writes argon2id (PHC string format); the
  -- owner may write another format, which no gateway ever reads.
  verifier text CHECK (length(verifier) <= 512),
  password_changed timestamptz NOT NULL DEFAULT 'epoch',
  change_at_login boolean NOT NULL DEFAULT false,
  change_before timestamptz,
  -- Set by the trigger, whatever is written to them.
  password_version bigint NOT NULL CHECK (password_version BETWEEN 1 AND 4294967295),
  identity_version bigint NOT NULL,
  row_version bigint NOT NULL,
  chg xid8 NOT NULL,
  identity_chg xid8 NOT NULL);
CREATE INDEX account_changes ON pulih.account (region, chg, number);
CREATE INDEX account_urgent ON pulih.account (region, identity_chg, number);
CREATE INDEX account_blocks ON pulih.account (region, number) INCLUDE (row_version);

-- Where a row was that is there no more: deleted, or moved to another region.
CREATE TABLE pulih.tombstone (
  region pulih.site_name NOT NULL,
  number bigint NOT NULL,
  row_version bigint NOT NULL,
  chg xid8 NOT NULL,
  PRIMARY KEY (region, number));
CREATE INDEX tombstone_changes ON pulih.tombstone (region, chg, number);

-- Contacts that were changed, with the old one, which is told of it. `place` is the order in which
-- they are told, given when the change is final (003_feeds.sql).
CREATE TABLE pulih.contact_change (
  region pulih.site_name NOT NULL,
  place bigint,
  chg xid8 NOT NULL,
  at timestamptz NOT NULL,
  number bigint NOT NULL,
  id text NOT NULL,
  old_phone bigint,
  old_email text,
  new_phone bigint);
CREATE UNIQUE INDEX contact_change_places ON pulih.contact_change (region, place);
CREATE INDEX contact_change_new ON pulih.contact_change (region, chg) WHERE place IS NULL;

CREATE FUNCTION pulih.stamp() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pulih, pg_temp AS $$
DECLARE
  identity boolean := true;
  credential boolean := true;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF NEW.number <> OLD.number THEN
      RAISE 'the number of an account never changes' USING ERRCODE = 'PU003';
    END IF;
    NEW.password_version := OLD.password_version;
    NEW.identity_version := OLD.identity_version;
    NEW.row_version := OLD.row_version;
    NEW.chg := OLD.chg;
    NEW.identity_chg := OLD.identity_chg;
    identity := (NEW.region, NEW.id, NEW.birth_date, NEW.phone, NEW.email, NEW.activated, NEW.locked)
      IS DISTINCT FROM
      (OLD.region, OLD.id, OLD.birth_date, OLD.phone, OLD.email, OLD.activated, OLD.locked);
    credential := (NEW.verifier, NEW.password_changed) IS DISTINCT FROM
      (OLD.verifier, OLD.password_changed);
    IF (NEW.phone, NEW.email) IS DISTINCT FROM (OLD.phone, OLD.email) THEN
      NEW.contact_changed := now();
    END IF;
    -- A transaction that this cluster has not reached: the row came from another one by a dump.
    IF OLD.chg > pg_current_xact_id() THEN
      NEW.chg := pg_current_xact_id();
      NEW.identity_chg := NEW.chg;
      NEW.row_version := nextval('pulih.row_version');
    END IF;
    -- A nightly copy writes most rows as they were: that is no change, and no gateway hears of it.
    IF NOT identity AND NOT credential THEN
      RETURN NEW;
    END IF;
  END IF;
  NEW.row_version := nextval('pulih.row_version');
  NEW.chg := pg_current_xact_id();
  IF identity THEN
    NEW.identity_version := nextval('pulih.identity_version');
    NEW.identity_chg := NEW.chg;
  END IF;
  IF TG_OP = 'INSERT' THEN
    NEW.password_version := 1;
  ELSIF credential THEN
    -- By one, so that changes replayed after a restore find the versions they were made on.
    NEW.password_version := OLD.password_version + 1;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON pulih.account
  FOR EACH ROW EXECUTE FUNCTION pulih.stamp();

CREATE FUNCTION pulih.follow() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pulih, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' OR NEW.region <> OLD.region THEN
    INSERT INTO pulih.tombstone (region, number, row_version, chg)
    VALUES (OLD.region, OLD.number, nextval('pulih.row_version'), pg_current_xact_id())
    ON CONFLICT (region, number) DO UPDATE SET row_version = excluded.row_version, chg = excluded.chg;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF NEW.region <> OLD.region THEN
      DELETE FROM pulih.tombstone WHERE region = NEW.region AND number = NEW.number;
    END IF;
    IF (NEW.phone, NEW.email) IS DISTINCT FROM (OLD.phone, OLD.email) THEN
      INSERT INTO pulih.contact_change (region, chg, at, number, id, old_phone, old_email, new_phone)
      VALUES (NEW.region, NEW.chg, now(), NEW.number, NEW.id, OLD.phone, OLD.email, NEW.phone);
    END IF;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER follow AFTER UPDATE OR DELETE ON pulih.account
  FOR EACH ROW EXECUTE FUNCTION pulih.follow();

CREATE FUNCTION pulih.never_truncated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE 'pulih.account is not truncated: the gateways would not hear of it'
    USING ERRCODE = 'PU003', HINT = 'DELETE FROM pulih.account';
END $$;
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON pulih.account
  FOR EACH STATEMENT EXECUTE FUNCTION pulih.never_truncated();

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA pulih FROM PUBLIC;
