-- Which values of power usage effectiveness can be chosen?
-- Parameters: $pue (VARCHAR, path of pue.csv)
-- Columns: pue_id VARCHAR, label VARCHAR, pue DOUBLE, year SMALLINT, source VARCHAR, licence VARCHAR
-- One row per option; a machine without a facility first, then world averages, latest first, then sites.
SELECT
    pue_id,
    label,
    pue::DOUBLE AS pue,
    year::SMALLINT AS year,
    source,
    licence
FROM read_csv($pue, header = TRUE, all_varchar = TRUE, nullstr = '')
ORDER BY
    pue_id = 'none' DESC,
    pue_id LIKE 'uptime-%' DESC,
    year::SMALLINT DESC NULLS LAST,
    label ASC
