-- Makes butter_e_axes whole: gives quantities that no run of the lab has an axis too.
-- Parameters: none
-- Makes: butter_e_axes without a NULL: the axis of a quantity that no run has runs about as far as that of
--     BUTTER-E, so that every view can be drawn; no run lies on it.
-- Needs butter_e_axes.
UPDATE butter_e_axes
SET
    low = CASE dimension
        WHEN 'size' THEN 32
        WHEN 'depth' THEN 2
        WHEN 'run_time_s' THEN 10
        WHEN 'power_w' THEN 0
        WHEN 'energy_j' THEN 3600
        WHEN 'j_per_datum' THEN 1e-6
        WHEN 'working_set_bytes' THEN 1024
        ELSE 0
    END,
    high = CASE dimension
        WHEN 'size' THEN 16777216
        WHEN 'depth' THEN 20
        WHEN 'run_time_s' THEN 100000
        WHEN 'power_w' THEN 500
        WHEN 'energy_j' THEN 36e6
        WHEN 'j_per_datum' THEN 1
        WHEN 'working_set_bytes' THEN 1048576
        ELSE 86400
    END
WHERE low IS NULL OR high IS NULL;
