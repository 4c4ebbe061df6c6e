-- Which values does each setting take that a configuration can fix, in how many of the runs?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql)
-- Columns: setting VARCHAR, label VARCHAR, code BIGINT, run_count BIGINT
-- One row per setting and value, by setting and code. label is the value as text; code is what the setting's
--     field of setting_key holds (butter_e/make_runs.sql), in the order of the values.
-- Runs are put together by all their settings first: at ten million runs that is a tenth of the time.
WITH settings AS (
    SELECT
        setting_key,
        any_value(hardware) AS hardware,
        any_value(shape) AS shape,
        any_value(size)::VARCHAR AS size,
        any_value(depth)::VARCHAR AS depth,
        any_value(optimizer) AS optimizer,
        any_value(batch_size)::VARCHAR AS batch_size,
        any_value(learning_rate)::VARCHAR AS learning_rate,
        count(*) AS runs
    FROM butter_e_selection($brushes)
    GROUP BY setting_key
),

labelled AS (
    UNPIVOT settings
    ON hardware, shape, size, depth, optimizer, batch_size, learning_rate
    INTO NAME setting VALUE label
),

coded AS (
    SELECT
        setting,
        label,
        runs,
        CASE setting
            WHEN 'hardware' THEN setting_key & 1
            WHEN 'shape' THEN (setting_key >> 9) & 255
            WHEN 'size' THEN (setting_key >> 17) & 4095
            WHEN 'depth' THEN (setting_key >> 29) & 255
            WHEN 'optimizer' THEN (setting_key >> 37) & 255
            WHEN 'batch_size' THEN (setting_key >> 45) & 255
            WHEN 'learning_rate' THEN (setting_key >> 53) & 1023
        END AS code
    FROM labelled
)

SELECT
    setting,
    label,
    code,
    sum(runs)::BIGINT AS run_count
FROM coded
GROUP BY setting, label, code
ORDER BY setting, code;
