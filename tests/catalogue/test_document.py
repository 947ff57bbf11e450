"""``docs/catalogue.md`` is true: its example loads, and it names every value and annotation."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.catalogue.reading import read
from assistant.catalogue.schema import delivery_names

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "catalogue.md").read_text(encoding="utf-8")


def test_its_smallest_example_loads_and_observes(tmp_path: Path) -> None:
    platform, shop = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    (tmp_path / "platform.yaml").write_text(platform)
    (tmp_path / "shop.yaml").write_text(shop)
    reading = read(tmp_path, ("github_actions",))
    assert reading.problems == ()
    assert reading.catalogue is not None
    delivery = reading.catalogue.delivery("shop", "production")
    assert (delivery.provider, delivery.repository) == ("github", "your-organisation/shop")
    assert delivery.values["observe.github_environment"] == "production"


@pytest.mark.parametrize("name", delivery_names())
def test_every_delivery_value_is_explained(name: str) -> None:
    assert f"`{name}`" in TEXT
