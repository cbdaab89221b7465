"""What a server shows at /metrics, read with Prometheus' own parser."""

from collections.abc import Iterable

import httpx
from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families

from .server import KeywayServer

TOKEN = "prometheus-reads-this"
# What to start a server with that has metrics.
SETTINGS = {"KEYWAY_METRICS_TOKEN": TOKEN}


def answer(server: KeywayServer, token: str = TOKEN) -> httpx.Response:
    return httpx.get(f"{server.url}/metrics", headers={"authorization": f"Bearer {token}"})


class Metrics:
    """One reading of everything."""

    def __init__(self, server: KeywayServer) -> None:
        response = answer(server)
        assert response.status_code == 200, response.text
        self.text = response.text
        self.families: list[Metric] = list(text_string_to_metric_families(response.text))

    def value(self, sample_name: str, **labels: str) -> float:
        """The value of one series."""
        found = [one.value for one in self._samples() if one.name == sample_name and one.labels == labels]
        assert len(found) == 1, f"{len(found)} series {sample_name} with {labels}"
        return found[0]

    def series(self) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
        """The name and the labels of every series."""
        return [(one.name, tuple(sorted(one.labels.items()))) for one in self._samples()]

    def _samples(self) -> Iterable:
        return (sample for family in self.families for sample in family.samples)
