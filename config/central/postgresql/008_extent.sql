-- How far the accounts of a gateway's region reach, so that a first copy of days can tell how much of
-- it is left.

CREATE FUNCTION pulih.last_number(asked_site text) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pulih, pg_temp AS $$
DECLARE
  its CONSTANT pulih.gateway := pulih.acting(asked_site);
BEGIN
  RETURN (SELECT coalesce(max(a.number), 0) FROM pulih.account AS a WHERE a.region = its.region);
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA pulih FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pulih.last_number TO pulih_gateway, pulih_hub;
