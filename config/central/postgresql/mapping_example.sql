-- How a ministry that has accounts in a table of its own joins them to the schema pulih: copy this,
-- put your names in, and run it as the owner of both. Whoever writes to the ministry's table writes
-- to pulih.account in the same transaction, and a password that a teacher sets by telephone is in
-- the ministry's table when she is told so. Nothing is polled and nothing can be half done.
--
-- What to change is the function mapping.account_of and the column names of the two triggers. The
-- ministry's table in this example:
--
--   ministry.teacher (teacher_id bigint PRIMARY KEY, login text UNIQUE, born date, mobile text,
--     mail text, province text, state text, password_hash text, must_change boolean)

CREATE SCHEMA mapping;
REVOKE ALL ON SCHEMA mapping FROM PUBLIC;

-- Which account is whose. A login may be renamed; the account stays the same one.
CREATE TABLE mapping.teacher (
  teacher_id bigint PRIMARY KEY,
  number bigint NOT NULL UNIQUE REFERENCES pulih.account (number));

-- 0811-0000-0001, +62 811 0000 0001 and 62811… are one number; anything else is none.
CREATE FUNCTION mapping.phone_of(typed text) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN digits ~ '^0[1-9][0-9]{7,12}$' THEN ('62' || substr(digits, 2))::bigint
    WHEN digits ~ '^[1-9][0-9]{8,14}$' THEN digits::bigint END
  FROM regexp_replace(typed, '[^0-9]', '', 'g') AS digits
$$;

-- A row of the ministry's as pulih.account has it; no row: this one is not served by telephone.
CREATE FUNCTION mapping.account_of(t ministry.teacher)
RETURNS TABLE (region text, id text, birth_date date, phone bigint, email text, activated boolean,
  locked boolean, verifier text)
LANGUAGE sql STABLE AS $$
  SELECT t.province, regexp_replace(lower(t.login), '\.belajar\.example$', ''),
    CASE WHEN t.born BETWEEN '1900-01-01' AND current_date THEN t.born END,
    mapping.phone_of(t.mobile), CASE WHEN t.mail ~ '^[!-~]+@[!-~]+$' THEN t.mail END,
    t.state <> 'new', t.state = 'suspended', t.password_hash
  WHERE t.state <> 'left' AND t.login ~* '^[a-z0-9][a-z0-9._-]*@[a-z0-9.-]+\.belajar\.example$'
$$;

-- From the ministry's table to pulih.account.
CREATE FUNCTION mapping.teacher_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  known bigint;
  wanted record;
BEGIN
  SELECT m.number INTO known FROM mapping.teacher AS m
    WHERE m.teacher_id = CASE WHEN TG_OP = 'DELETE' THEN OLD.teacher_id ELSE NEW.teacher_id END;
  IF TG_OP <> 'DELETE' THEN
    SELECT * INTO wanted FROM mapping.account_of(NEW);
  END IF;
  IF TG_OP = 'DELETE' OR wanted.id IS NULL THEN
    DELETE FROM mapping.teacher AS m WHERE m.number = known;
    DELETE FROM pulih.account AS a WHERE a.number = known;
  ELSIF known IS NULL THEN
    INSERT INTO pulih.account (region, id, birth_date, phone, email, activated, locked, verifier)
      VALUES (wanted.region, wanted.id, wanted.birth_date, wanted.phone, wanted.email,
        wanted.activated, wanted.locked, wanted.verifier)
      RETURNING number INTO known;
    INSERT INTO mapping.teacher VALUES (NEW.teacher_id, known);
  ELSE
    UPDATE pulih.account AS a SET region = wanted.region, id = wanted.id,
      birth_date = wanted.birth_date, phone = wanted.phone, email = wanted.email,
      activated = wanted.activated, locked = wanted.locked, verifier = wanted.verifier
      WHERE a.number = known;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER pulih AFTER INSERT OR UPDATE OR DELETE ON ministry.teacher
  FOR EACH ROW EXECUTE FUNCTION mapping.teacher_changed();

-- From pulih.account to the ministry's table: the password alone. What comes back from there by the
-- trigger above is what stands here already, and no change. Raise SQLSTATE PU010 to refuse a
-- password: the teacher is told that the target's rules do not allow it.
CREATE FUNCTION mapping.password_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE ministry.teacher AS t
    SET password_hash = NEW.verifier, must_change = NEW.change_at_login
    FROM mapping.teacher AS m
    WHERE m.number = NEW.number AND t.teacher_id = m.teacher_id
      AND t.password_hash IS DISTINCT FROM NEW.verifier;
  RETURN NULL;
END $$;
CREATE TRIGGER mapping AFTER UPDATE OF verifier ON pulih.account
  FOR EACH ROW WHEN (OLD.verifier IS DISTINCT FROM NEW.verifier)
  EXECUTE FUNCTION mapping.password_changed();

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA mapping FROM PUBLIC;

-- Those that are there already; the trigger above makes their accounts.
UPDATE ministry.teacher SET teacher_id = teacher_id;
