"""The published schemas of a SCORM package: as a validator of its manifest, and missing."""

from pathlib import Path

import pytest
from lxml import etree

from pipeline.export import scorm, templates
from pipeline.export.scorm import Edition, schemas

XSI = "http://www.w3.org/2001/XMLSchema-instance"


def validator(folder: Path, root: etree._Element, edition: Edition) -> etree.XMLSchema:
    """Of the schemas that the manifest itself names, as they lie in its package."""
    for name, content in schemas(edition).items():
        (folder / name).write_bytes(content)
    places = root.attrib[f"{{{XSI}}}schemaLocation"].split()
    imports = "".join(
        f'<xs:import namespace="{space}" schemaLocation="{name}"/>'
        for space, name in zip(places[::2], places[1::2], strict=True)
    )
    whole = folder / "whole.xsd"
    whole.write_text(
        f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{imports}</xs:schema>'
    )
    return etree.XMLSchema(etree.parse(whole))


def without_schemas(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """As on a machine that was set up without fetching them; ``folder`` is an empty one."""
    listed = templates.package_file("schemas/SHA256SUMS").read_text()
    (folder / "schemas").mkdir()
    (folder / "schemas" / "SHA256SUMS").write_text(listed)
    monkeypatch.setattr(scorm, "package_file", lambda name: folder / name)
