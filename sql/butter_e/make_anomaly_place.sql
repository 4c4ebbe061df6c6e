-- Makes the macro anomaly_place: at which of even steps lies a distance?
-- Parameters: none
-- Makes: anomaly_place(distance_sd, step, reach) -> SMALLINT: the distance in whole steps of that many sd;
--     what lies further than reach steps lies in the last.
CREATE OR REPLACE MACRO anomaly_place(distance_sd, step, reach) AS (
    greatest(-reach, least(reach, round(distance_sd / step)))::smallint
);
