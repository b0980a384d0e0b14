"""Manifests of SCORM packages, held against the published schemas they name."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from pipeline.errors import SchemasMissing
from pipeline.export.scorm import Edition, Facts, manifest, require_schemas, schemas
from tests.schemas import validator, without_schemas

EDITIONS: tuple[Edition, ...] = ("scorm12", "scorm2004")
FILES = ("index.html", "player.js", "lesson.mp4")
FACTS = Facts("0199 é/1", "Plants & <light>", complete_share=0.9, mastery=None)
QUIZZED = Facts("0199 é/1", "Plants & <light>", complete_share=0.9, mastery=0.8)
NAMES = {
    "cp12": "http://www.imsproject.org/xsd/imscp_rootv1p1p2",
    "adl12": "http://www.adlnet.org/xsd/adlcp_rootv1p2",
    "cp": "http://www.imsglobal.org/xsd/imscp_v1p1",
    "adl": "http://www.adlnet.org/xsd/adlcp_v1p3",
    "ss": "http://www.imsglobal.org/xsd/imsss",
}


def parsed(text: str) -> etree._Element:
    return etree.fromstring(text.encode())


def found(root: etree._Element, path: str) -> list[str]:
    return [str(value) for value in root.xpath(path, namespaces=NAMES)]


@pytest.mark.parametrize("facts", [FACTS, QUIZZED], ids=["film", "quiz"])
@pytest.mark.parametrize("edition", EDITIONS)
def test_a_manifest_is_valid_by_the_published_schemas(
    tmp_path: Path, edition: Edition, facts: Facts
) -> None:
    root = parsed(manifest(facts, FILES, edition))
    schema = validator(tmp_path, root, edition)
    schema.validate(root)
    assert [str(error) for error in schema.error_log] == []


@pytest.mark.parametrize("edition", EDITIONS)
def test_what_no_document_can_hold_is_left_out_of_a_title(edition: Edition) -> None:
    pasted = replace(FACTS, title="Plants\x0b & \x01\ufffe<light>\x1b")
    assert manifest(pasted, FILES, edition) == manifest(FACTS, FILES, edition)


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_schemas_would_find_a_fault(tmp_path: Path, edition: Edition) -> None:
    root = parsed(manifest(FACTS, FILES, edition))
    schema = validator(tmp_path, root, edition)
    kind = "scormtype" if edition == "scorm12" else "scormType"
    (resource,) = (element for element in root.iter() if element.tag.endswith("}resource"))
    (name,) = (name for name in resource.attrib if name.endswith(f"}}{kind}"))
    resource.attrib[name] = "lesson"
    assert not schema.validate(root)


@pytest.mark.parametrize("edition", EDITIONS)
def test_it_names_one_sco_by_identifiers_that_stay(edition: Edition) -> None:
    text = manifest(FACTS, FILES, edition)
    root = parsed(text)
    cp, adl, kind = (
        ("cp12", "adl12", "scormtype") if edition == "scorm12" else ("cp", "adl", "scormType")
    )
    (resource,) = found(root, f"//{cp}:resource/@identifier")
    assert found(root, f"//{cp}:item/@identifierref") == [resource]
    assert found(root, f"//{cp}:resource/@{adl}:{kind}") == ["sco"]
    assert found(root, f"//{cp}:resource/@href") == ["index.html"]
    assert found(root, f"//{cp}:file/@href") == list(FILES)
    assert found(root, f"//{cp}:title/text()") == ["Plants & <light>"] * 2
    identifiers = found(root, "//@identifier")
    assert len(set(identifiers)) == len(identifiers)
    assert all(re.fullmatch(r"[A-Za-z_][\w.-]*", name, re.ASCII) for name in identifiers)
    assert text == manifest(FACTS, FILES, edition)


@pytest.mark.parametrize(
    ("edition", "version"), [("scorm12", "1.2"), ("scorm2004", "2004 4th Edition")]
)
def test_it_says_which_edition_it_is_of(edition: Edition, version: str) -> None:
    root = parsed(manifest(FACTS, FILES, edition))
    assert found(root, "//*[local-name()='schema']/text()") == ["ADL SCORM"]
    assert found(root, "//*[local-name()='schemaversion']/text()") == [version]


def test_without_a_quiz_watching_completes_it() -> None:
    root = parsed(manifest(FACTS, FILES, "scorm2004"))
    assert found(root, "//adl:completionThreshold/@completedByMeasure") == ["true"]
    assert found(root, "//adl:completionThreshold/@minProgressMeasure") == ["0.9"]
    assert found(root, "//ss:primaryObjective/@satisfiedByMeasure") == ["false"]


def test_with_a_quiz_watching_alone_does_not() -> None:
    root = parsed(manifest(QUIZZED, FILES, "scorm2004"))
    assert found(root, "//adl:completionThreshold/@completedByMeasure") == ["false"]
    assert found(root, "//ss:primaryObjective/@satisfiedByMeasure") == ["true"]
    assert found(root, "//ss:minNormalizedMeasure/text()") == ["0.8"]


def test_a_machine_without_the_schemas_says_how_to_get_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    require_schemas(["scorm12.zip", "scorm2004.zip"])
    without_schemas(monkeypatch, tmp_path)
    with pytest.raises(SchemasMissing) as missing:
        schemas("scorm12")
    assert "make schemas" in missing.value.advice
    with pytest.raises(SchemasMissing):
        require_schemas(["lesson.mp4", "scorm2004.zip"])
    require_schemas(["lesson.mp4", "cmi5.zip"])
