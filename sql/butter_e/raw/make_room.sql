-- Makes butter_e_raw: room for the tables of the raw pipeline, so that they can be dropped together.
-- Parameters: none
-- Makes: butter_e_raw, an empty schema unless it is there.
CREATE SCHEMA IF NOT EXISTS butter_e_raw;
