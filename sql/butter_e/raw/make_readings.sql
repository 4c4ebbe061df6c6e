-- Makes butter_e_raw.readings: when in true time did each meter say what?
-- Parameters: none
-- Makes: butter_e_raw.readings, one row per reading, in no order: position (place in
--     butter_e_raw.samples), slurm_job_id, node, ts (UTC), watts.
-- The zone's offset is looked up once an hour, because it changes on full hours only: a thousand
-- look-ups instead of millions.
-- Trap: in autumn one hour of the wall clock comes twice; both are read as the second. No run of the
--     published table lies there.
CREATE OR REPLACE TABLE butter_e_raw.readings AS
WITH hours AS (
    SELECT DISTINCT epoch_us(local_ts) // 3600000000 AS local_hour
    FROM butter_e_raw.samples
),

offsets AS (
    SELECT
        local_hour,
        epoch_us(timezone('America/Denver', make_timestamp(local_hour * 3600000000)))
        - local_hour * 3600000000 AS offset_us
    FROM hours
)

SELECT
    samples.rowid AS position,
    samples.slurm_job_id,
    samples.node,
    make_timestamptz(epoch_us(samples.local_ts) + offsets.offset_us) AS ts,
    samples.watts
FROM butter_e_raw.samples
INNER JOIN offsets ON offsets.local_hour = epoch_us(samples.local_ts) // 3600000000;
