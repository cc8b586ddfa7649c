-- What teachers did: password changes and tickets. Each is one call and one transaction, and its
-- result is kept beside what it changed: a repetition is answered, not done again.

CREATE TABLE pulih.operation (
  id bytea PRIMARY KEY CHECK (length(id) = 16),
  site pulih.site_name NOT NULL,
  content bytea NOT NULL,  -- SHA-256 of what was asked for
  verdict text NOT NULL,
  at timestamptz NOT NULL DEFAULT now());

CREATE TABLE pulih.ticket (
  id bytea PRIMARY KEY CHECK (length(id) = 16),
  site pulih.site_name NOT NULL,
  region pulih.site_name NOT NULL,
  report integer NOT NULL CHECK (report BETWEEN 0 AND 9999999),  -- as the teacher knows it
  account_id text CHECK (length(account_id) <= 128),             -- none: she gave none
  reason smallint NOT NULL,
  at timestamptz NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now());
CREATE INDEX ticket_received ON pulih.ticket (region, received_at);

-- 'applied', or what stood against it: 'superseded', 'identity_changed', 'refused',
-- 'unknown_account', 'altered'.
CREATE FUNCTION pulih.apply_password(asked_site text, shown_fence bigint, operation bytea,
  account_id text, base_password_version bigint, base_identity_version bigint, new_verifier text,
  must_change boolean, must_change_before bigint) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pulih, pg_temp AS $$
DECLARE
  its CONSTANT pulih.gateway := pulih.acting(asked_site, shown_fence);
  content CONSTANT bytea := sha256(convert_to(jsonb_build_array(its.site, account_id,
    base_password_version, base_identity_version, new_verifier, must_change, must_change_before)::text,
    'UTF8'));
  known pulih.operation;
  account pulih.account;
  outcome text;
BEGIN
  -- What is answered as applied is on disk, whatever the default of this database is.
  IF current_setting('synchronous_commit') = 'off' THEN
    PERFORM set_config('synchronous_commit', 'on', true);
  END IF;
  -- A repetition that overtakes the first one waits for it here.
  INSERT INTO pulih.operation (id, site, content, verdict)
    VALUES (operation, its.site, content, 'under way') ON CONFLICT (id) DO NOTHING;
  IF NOT FOUND THEN
    SELECT * INTO known FROM pulih.operation AS o WHERE o.id = operation;
    RETURN CASE WHEN known.content = content THEN known.verdict ELSE 'altered' END;
  END IF;

  SELECT * INTO account FROM pulih.account AS a
    WHERE a.id = account_id AND a.region = its.region FOR UPDATE;
  outcome := CASE
    WHEN account.number IS NULL THEN 'unknown_account'
    -- The identity first: who is no longer the account's owner is not told about its password.
    WHEN account.identity_version IS DISTINCT FROM base_identity_version
      OR account.locked OR NOT account.activated THEN 'identity_changed'
    WHEN account.password_version IS DISTINCT FROM base_password_version THEN 'superseded'
    WHEN must_change IS NULL OR new_verifier IS NULL OR new_verifier !~ '^\$argon2id\$[!-~]+$'
      OR length(new_verifier) > 512 THEN 'refused'
    ELSE 'applied' END;
  IF outcome = 'applied' THEN
    BEGIN
      UPDATE pulih.account AS a
        SET verifier = new_verifier, password_changed = clock_timestamp(),
          change_at_login = must_change,
          change_before = CASE WHEN must_change THEN to_timestamp(must_change_before) END
        WHERE a.number = account.number;
    -- A trigger of the owner's may refuse; a fault of his is not tried for ever either.
    EXCEPTION WHEN SQLSTATE 'PU010' OR raise_exception OR integrity_constraint_violation
      OR data_exception THEN
      outcome := 'refused';
    END;
  END IF;
  UPDATE pulih.operation AS o SET verdict = outcome WHERE o.id = operation;
  RETURN outcome;
END $$;

CREATE FUNCTION pulih.open_ticket(asked_site text, shown_fence bigint, ticket bytea, report integer,
  account_id text, reason integer, opened_at bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pulih, pg_temp AS $$
DECLARE
  its CONSTANT pulih.gateway := pulih.acting(asked_site, shown_fence);
BEGIN
  INSERT INTO pulih.ticket (id, site, region, report, account_id, reason, at)
    VALUES (ticket, its.site, its.region, open_ticket.report, open_ticket.account_id,
      open_ticket.reason, to_timestamp(opened_at))
    ON CONFLICT (id) DO NOTHING;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA pulih FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pulih.apply_password, pulih.open_ticket TO pulih_gateway, pulih_hub;
