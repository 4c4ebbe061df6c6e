-- Makes the room of the raw pipeline free: its tables are needed no more once the files are written.
-- Parameters: none
-- Makes: nothing; drops the schema butter_e_raw with all its tables.
DROP SCHEMA IF EXISTS butter_e_raw CASCADE;
