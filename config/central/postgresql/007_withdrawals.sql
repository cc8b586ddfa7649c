-- A change that is not to be made any more comes on an identity version that no account has: where it
-- came before, without that, it is answered with what became of it, and else it is never made.
--
-- Clocks are never compared: until when a password has to be changed is said by the gateway's clock,
-- as is the moment at which it asks, and only the time between the two counts. Gateways of the release
-- before do not say when they ask: theirs is taken for ours.

DROP FUNCTION pulih.apply_password(text, bigint, bytea, text, bigint, bigint, text, boolean, bigint);

-- What an id that came before is answered with: its verdict, to the same content and to a withdrawal
-- by the same site, and 'altered' to anything else.
CREATE FUNCTION pulih.answered_again(operation bytea, its_site text, content bytea,
  base_identity_version bigint) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pulih, pg_temp AS $$
DECLARE
  known pulih.operation;
BEGIN
  SELECT * INTO known FROM pulih.operation AS o WHERE o.id = operation;
  RETURN CASE WHEN known.content = content THEN known.verdict
    WHEN base_identity_version = 4294967295 AND known.site = its_site THEN known.verdict
    ELSE 'altered' END;
END $$;

-- 'applied', or what stood against it: 'superseded', 'identity_changed', 'refused',
-- 'unknown_account', 'altered'.
CREATE FUNCTION pulih.apply_password(asked_site text, shown_fence bigint, operation bytea,
  account_id text, base_password_version bigint, base_identity_version bigint, new_verifier text,
  must_change boolean, must_change_before bigint, asked_at bigint DEFAULT NULL) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pulih, pg_temp AS $$
DECLARE
  its CONSTANT pulih.gateway := pulih.acting(asked_site, shown_fence);
  content CONSTANT bytea := sha256(convert_to(jsonb_build_array(its.site, account_id,
    base_password_version, base_identity_version, new_verifier, must_change, must_change_before)::text,
    'UTF8'));
  account pulih.account;
  outcome text;
BEGIN
  asked_at := coalesce(asked_at, extract(epoch FROM clock_timestamp())::bigint);
  -- What is answered as applied is on disk, whatever the default of this database is.
  IF current_setting('synchronous_commit') = 'off' THEN
    PERFORM set_config('synchronous_commit', 'on', true);
  END IF;
  -- A repetition that overtakes the first one waits for it here.
  INSERT INTO pulih.operation (id, site, content, verdict)
    VALUES (operation, its.site, content, 'under way') ON CONFLICT (id) DO NOTHING;
  IF NOT FOUND THEN
    RETURN pulih.answered_again(operation, its.site, content, base_identity_version);
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
          change_before = CASE WHEN must_change THEN clock_timestamp() + make_interval(secs =>
            greatest(must_change_before::numeric - asked_at, 0)::double precision) END
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

-- As in 006_directory.sql, but for what is withdrawn.
CREATE OR REPLACE FUNCTION pulih.directory_begin(asked_site text, shown_fence bigint, operation bytea,
  account_id text, base_password_version bigint, base_identity_version bigint, new_verifier text,
  must_change boolean, must_change_before bigint,
  OUT verdict text, OUT against text, OUT put_before boolean, OUT handle text, OUT state text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pulih, pg_temp AS $$
DECLARE
  its pulih.gateway;
  content bytea;
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
    -- A withdrawn one that is under way was perhaps put: the directory is asked.
    verdict := pulih.answered_again(operation, its.site, content, base_identity_version);
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

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA pulih FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pulih.apply_password TO pulih_gateway, pulih_hub;
