"""The published schemas of a SCORM package, as a validator of its manifest."""

from pathlib import Path

from lxml import etree

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
