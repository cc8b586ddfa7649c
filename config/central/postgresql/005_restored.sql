-- A restored database is known for one before the first row is written in it, and by an epoch and by
-- versions that no other life of it had. Without this a row that was written after the backup, and
-- one that is written after the restore, could have one version and different contents, and a
-- gateway that has the first would take the second for the same.

CREATE OR REPLACE FUNCTION pulih.rewind() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pulih, pg_temp AS $$
DECLARE
  -- Two restores of one backup count on from the same place: only chance keeps them apart.
  lottery CONSTANT bigint :=
    ('x' || left(replace(gen_random_uuid()::text, '-', ''), 9))::bit(36)::bigint;
BEGIN
  UPDATE pulih.central
    SET id = gen_random_uuid(), rewinds = rewinds + 1, cluster = pulih.cluster(), rewound_at = now();
  -- Versions that were handed out after the backup are not handed out again.
  PERFORM setval('pulih.row_version', (((nextval('pulih.row_version') >> 40) + 1) << 40) + lottery);
  PERFORM setval('pulih.identity_version',
    nextval('pulih.identity_version') + 100000 + lottery % 1000000);
  -- Rows of a dump have transactions of the cluster that it was taken from.
  UPDATE pulih.account SET region = region WHERE chg > pg_current_xact_id();
  UPDATE pulih.tombstone SET chg = pg_current_xact_id() WHERE chg > pg_current_xact_id();
  UPDATE pulih.contact_change SET chg = pg_current_xact_id()
    WHERE place IS NULL AND chg > pg_current_xact_id();
END $$;

-- Whoever comes first to a restored database: a gateway, an import, an application of the owner's.
CREATE FUNCTION pulih.notice_restore() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pulih, pg_temp AS $$
BEGIN
  IF (SELECT cluster FROM pulih.central) <> pulih.cluster() THEN
    PERFORM FROM pulih.central WHERE cluster <> pulih.cluster() FOR UPDATE;
    IF FOUND THEN
      PERFORM pulih.rewind();
    END IF;
  END IF;
END $$;

CREATE FUNCTION pulih.before_writing() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pulih, pg_temp AS $$
BEGIN
  PERFORM pulih.notice_restore();
  RETURN NULL;
END $$;
CREATE TRIGGER before_writing BEFORE INSERT OR UPDATE OR DELETE ON pulih.account
  FOR EACH STATEMENT EXECUTE FUNCTION pulih.before_writing();

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA pulih FROM PUBLIC;
