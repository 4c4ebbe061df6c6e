"""Where the question when to run gets its intensities from: a user's file, or the made-up example."""

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.hourly_csv import hourly_from_csv
from energyvis_panel.domain.carbon import CarbonIntensity
from energyvis_panel.domain.hourly import HourlyIntensity, example_intensity
from energyvis_panel.resources import resource_path

HOURS_A_DAY = 24


class HourlySource:
    """Series of intensities over time.

    Parameters
    ----------
    gateway
        Answers for the shape of the example.

    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def read(self, content: bytes, filename: str, zone: str, scope: str) -> HourlyIntensity:
        """Series in a file, see :func:`energyvis_panel.data.hourly_csv.hourly_from_csv`.

        Raises
        ------
        EnergyVisError
            If the file cannot be used.

        """
        return hourly_from_csv(content, filename, zone=zone, scope=scope)

    def example(self, annual: CarbonIntensity, year: int) -> HourlyIntensity:
        """Made-up series with the mean of an annual intensity, labelled synthetic.

        Raises
        ------
        EnergyVisError
            If the intensity is 0, or the shape cannot be read.

        """
        path = str(resource_path("datasets/reference/example_intensity_shape.csv"))
        rows = self._gateway.ask("reference/example_intensity_shape", shape=path).column("factor").to_pylist()
        factors = [rows[begin : begin + HOURS_A_DAY] for begin in range(0, len(rows), HOURS_A_DAY)]
        return example_intensity(factors, annual, year)
