-- Clocks are never compared: until when a password has to be changed is said by the gateway's clock,
-- as is the moment at which it asks, and only the time between the two counts. Gateways of the release
-- before do not say when they ask: theirs is taken for ours.

DROP FUNCTION pulih.apply_password(text, bigint, bytea, text, bigint, bigint, text, boolean, bigint);

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
  known pulih.operation;
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

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA pulih FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pulih.apply_password TO pulih_gateway, pulih_hub;
