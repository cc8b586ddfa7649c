-- The hour in which versions leap once at most is over, too, when this machine's clock was ahead at the
-- last leap and has been set right since.

CREATE OR REPLACE FUNCTION pulih.hello(asked_site text, met bigint, drawn bigint, shown_fence bigint,
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
    UPDATE pulih.central SET rewound_at = rewound_at
      WHERE rewound_at NOT BETWEEN now() - interval '1 hour' AND now();
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
