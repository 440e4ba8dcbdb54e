"""`leftopen probing-txt`: the owner of a log learns who asked, by a file of standard fields."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from click.testing import CliRunner, Result

from monitor.cli.main import main

ABOUT = "https://scan.example.org/.well-known/probing.txt"
WORDS = """leftopen: 1
organisation: {{id: org, name: "Region  Exempel\\n", contact: sec@org.example{about}}}
parties: [{{id: org, name: Region Exempel, role: controller, language: sv}},
          {{id: vendor, name: Vendor, role: processor}}]
assets: [{{id: nas, host: nas.org.example, owner: org, data: recordings}}]
"""


def asked(folder: Path, about: str, *words: str) -> Result:
    inventory = folder / "inventory.yaml"
    inventory.write_text(WORDS.format(about=about))
    return CliRunner().invoke(main, ["probing-txt", str(inventory), *words])


def test_it_has_the_fields_of_the_standard_each_on_a_line_of_its_own(tmp_path: Path) -> None:
    done = asked(tmp_path, f", about: '{ABOUT}'", "--days", "30")
    assert done.exit_code == 0, done.output
    fields = dict(line.split(": ", 1) for line in done.output.splitlines())
    assert list(fields) == ["Canonical", "Contact", "Expires", "Preferred-Languages", "Description"]
    assert fields["Canonical"] == ABOUT
    assert fields["Contact"] == "mailto:sec@org.example"
    assert fields["Preferred-Languages"] == "sv, en"
    assert fields["Description"].startswith("Region Exempel looks at declared hosts")
    left = datetime.strptime(fields["Expires"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) - datetime.now(UTC)
    assert timedelta(days=29) < left <= timedelta(days=30)


def test_without_an_address_it_says_what_to_declare(tmp_path: Path) -> None:
    done = asked(tmp_path, "")
    assert done.exit_code == 2
    assert re.search(r"no `about`.*probing\.txt", done.output.replace("\n", " "))


def test_a_file_that_holds_for_a_year_or_longer_is_refused(tmp_path: Path) -> None:
    assert asked(tmp_path, f", about: '{ABOUT}'", "--days", "365").exit_code == 2
