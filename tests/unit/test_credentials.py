"""Content credentials hold for the file that was signed, and for nothing else."""

import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from pipeline.engines import EngineCard
from pipeline.errors import SigningFailed
from pipeline.export.package import package_lesson
from pipeline.lesson import Scene
from pipeline.media.boxes import boxes
from pipeline.media.probe import probe
from pipeline.provenance import origin
from pipeline.provenance.credentials import read_credentials
from pipeline.provenance.origin import Ingredient, Origin, source_type
from pipeline.provenance.signing import MediaSigner, open_signer
from pipeline.steps.package import shows_presenter
from serve.services import certificates
from serve.services.certificates import Certificates, keep_certificates
from tests.media import finished_scene

VOICE = EngineCard("builtin", "7", "embedded", "Spoken by the built-in voice")
PUPPET = EngineCard("puppet", "3", "embedded", "Drawn by the built-in puppet", trained=False)
PORTRAIT = Ingredient("portrait", "ab" * 32, "0199a3c0-7e1b-7000-8000-00000000000c")
SAMPLE = Ingredient("voice", "cd" * 32)
ORIGIN = Origin(
    "0199a3c0-7e1b-7000-8000-000000000001",
    "beef",
    "1.2.3",
    {"speech": VOICE, "video": PUPPET},
    (PORTRAIT, SAMPLE),
)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return keep_certificates(tmp_path_factory.mktemp("home") / "provenance")


@pytest.fixture(scope="module")
def signer(kept: Certificates) -> MediaSigner:
    return open_signer(kept.chain, kept.key)


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory, signer: MediaSigner) -> Path:
    """A lesson as the package step makes it, signed."""
    folder = tmp_path_factory.mktemp("lesson")
    package_lesson(
        [finished_scene(folder, 0, 50, "Plants make food.", "Light")],
        lesson_id=ORIGIN.lesson_id,
        title="Light",
        language="en-us",
        exports=("lesson.mp4",),
        engines=ORIGIN.engines,
        sign=lambda file: signer.sign(file, ORIGIN),
        out_dir=folder,
    )
    return folder / "lesson.mp4"


def test_a_signed_lesson_is_trusted_by_our_root(signed: Path, kept: Certificates) -> None:
    found = read_credentials(signed, kept.root.read_text())
    assert (found.state, found.problems) == ("trusted", ())
    assert (found.generator, found.signed_by) == ("Lectern 1.2.3", "Lectern studio")
    assert found.source_type == "compositeWithTrainedAlgorithmicMedia"
    assert found.ingredients == (f"portrait sha256:{'ab' * 32}", f"voice sha256:{'cd' * 32}")
    assert found.making == {
        "lesson": ORIGIN.lesson_id,
        "studio": "beef",
        "engines": [
            {
                "step": "speech",
                "name": "builtin",
                "version": "7",
                "label": "Spoken by the built-in voice",
                "trained_model": True,
            },
            {
                "step": "video",
                "name": "puppet",
                "version": "3",
                "label": "Drawn by the built-in puppet",
                "trained_model": False,
            },
        ],
        "consents": {"portrait": PORTRAIT.consent_id},
        "visible_label": True,
    }


def test_a_signed_lesson_still_plays(signed: Path) -> None:
    assert probe(signed).seconds == pytest.approx(2, abs=0.04)


def test_another_root_does_not_trust_it(signed: Path, tmp_path: Path) -> None:
    other = keep_certificates(tmp_path / "other")
    found = read_credentials(signed, other.root.read_text())
    assert (found.state, found.problems) == ("untrusted", ("signingCredential.untrusted",))
    assert read_credentials(signed, None).state == "untrusted"


@pytest.mark.parametrize("kind", ["moov", "mdat"])
@pytest.mark.parametrize("share", [0.5, 1.0])
def test_one_changed_byte_makes_them_invalid(
    kind: str, share: float, signed: Path, kept: Certificates, tmp_path: Path
) -> None:
    box = next(box for box in boxes(signed) if box.kind == kind)
    data = bytearray(signed.read_bytes())
    data[box.offset + int(share * (box.length - 1))] ^= 1
    changed = tmp_path / "changed.mp4"
    changed.write_bytes(data)
    found = read_credentials(changed, kept.root.read_text())
    assert found.state == "invalid"
    assert found.problems


def box(kind: bytes, content: bytes = b"") -> bytes:
    return (8 + len(content)).to_bytes(4, "big") + kind + content


@pytest.mark.parametrize("added", [b"x", bytes(100), box(b"mdat", b"more"), box(b"moov")])
def test_what_is_added_makes_them_invalid(
    added: bytes, signed: Path, kept: Certificates, tmp_path: Path
) -> None:
    changed = tmp_path / "changed.mp4"
    changed.write_bytes(signed.read_bytes() + added)
    found = read_credentials(changed, kept.root.read_text())
    assert (found.state, found.problems) == ("invalid", ("assertion.bmffHash.mismatch",))


@pytest.mark.parametrize("added", [box(b"free", b"more"), box(b"mfra")])
def test_what_no_player_shows_is_outside_of_what_is_signed(
    added: bytes, signed: Path, kept: Certificates, tmp_path: Path
) -> None:
    """The library leaves these boxes out, as it leaves out the kind of the file (ftyp)."""
    data = bytearray(signed.read_bytes() + added)
    first = next(boxes(signed))
    assert first.kind == "ftyp"
    data[first.offset + 8 : first.offset + 12] = b"qt  "
    changed = tmp_path / "changed.mp4"
    changed.write_bytes(data)
    assert read_credentials(changed, kept.root.read_text()).state == "trusted"


def test_a_file_whose_credentials_were_taken_out_has_none(
    signed: Path, kept: Certificates, tmp_path: Path
) -> None:
    store = next(each for each in boxes(signed) if each.kind == "uuid")
    data = signed.read_bytes()
    stripped = tmp_path / "stripped.mp4"
    stripped.write_bytes(data[: store.offset] + data[store.offset + store.length :])
    assert read_credentials(stripped, kept.root.read_text()).state == "none"


def test_a_file_that_was_cut_off_is_only_invalid_where_it_was_signed(
    signed: Path, kept: Certificates, tmp_path: Path
) -> None:
    def state(data: bytes) -> str:
        cut = tmp_path / "cut.mp4"
        cut.write_bytes(data)
        return read_credentials(cut, kept.root.read_text()).state

    whole = signed.read_bytes()
    plain = finished_scene(tmp_path, 0, 25, "Plants.").film.read_bytes()
    assert [state(whole[:-size]) for size in (1, len(whole) // 2)] == ["invalid"] * 2
    assert [state(plain[:-size]) for size in (1, len(plain) // 2)] == ["none"] * 2
    assert [state(whole[:size]) for size in (0, 1, 8, 16)] == ["none"] * 4


@pytest.mark.parametrize("said", [["a list"], "a word", 5])
def test_what_others_write_under_our_label_is_not_taken_for_ours(
    said: object,
    signed: Path,
    signer: MediaSigner,
    kept: Certificates,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(origin, "_making", lambda _: said)
    film = tmp_path / "strange.mp4"
    film.write_bytes(signed.read_bytes())
    signer.sign(film, ORIGIN)
    found = read_credentials(film, kept.root.read_text())
    assert (found.state, found.making) == ("trusted", {})


def test_credentials_that_were_changed_are_invalid(
    signed: Path, kept: Certificates, tmp_path: Path
) -> None:
    changed = tmp_path / "changed.mp4"
    changed.write_bytes(signed.read_bytes().replace(b"puppet", b"person", 1))
    assert read_credentials(changed, kept.root.read_text()).state == "invalid"


def test_what_was_never_signed_has_none(tmp_path: Path, kept: Certificates) -> None:
    scene = finished_scene(tmp_path, 0, 25, "Plants.")
    for file in (scene.film, scene.sound):
        assert read_credentials(file, kept.root.read_text()).state == "none"


def test_a_lesson_signed_again_has_the_later_credentials(
    tmp_path: Path, signed: Path, signer: MediaSigner, kept: Certificates
) -> None:
    film = tmp_path / "again.mp4"
    film.write_bytes(signed.read_bytes())
    signer.sign(film, replace(ORIGIN, studio_id="0002"))
    found = read_credentials(film, kept.root.read_text())
    assert (found.state, found.making["studio"]) == ("trusted", "0002")


def test_a_key_of_someone_else_signs_nothing(tmp_path: Path, kept: Certificates) -> None:
    other = keep_certificates(tmp_path / "other")
    film = finished_scene(tmp_path, 0, 25, "Plants.").film
    before = film.read_bytes()
    with pytest.raises(SigningFailed):
        open_signer(kept.chain, tmp_path / "nowhere.pem")
    broken = MediaSigner(b"no certificate", other.key.read_bytes())
    with pytest.raises(SigningFailed):
        broken.sign(film, ORIGIN)
    assert film.read_bytes() == before
    assert not list(tmp_path.glob("signed-*"))


def test_a_key_does_not_show_when_its_holder_is_printed(signer: MediaSigner) -> None:
    assert "PRIVATE" not in repr(signer)


@pytest.mark.parametrize(
    ("speech", "video", "ingredients", "kind"),
    [
        (VOICE, PUPPET, (PORTRAIT, SAMPLE), "compositeWithTrainedAlgorithmicMedia"),
        (replace(VOICE, trained=False), PUPPET, (PORTRAIT,), "compositeSynthetic"),
        (VOICE, PUPPET, (SAMPLE,), "trainedAlgorithmicMedia"),
        (replace(VOICE, trained=False), PUPPET, (), "algorithmicMedia"),
    ],
)
def test_a_drawn_puppet_is_not_said_to_be_more(
    speech: EngineCard, video: EngineCard, ingredients: tuple[Ingredient, ...], kind: str
) -> None:
    engines = {"speech": speech, "video": video}
    assert source_type(replace(ORIGIN, engines=engines, ingredients=ingredients)) == kind


def test_certificates_are_made_once_and_for_their_owner_only(kept: Certificates) -> None:
    folder = kept.root.parent
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert set(before) == {"root.pem", "root-key.pem", "chain.pem", "key.pem"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert keep_certificates(folder) == kept
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_the_leaf_is_what_the_specification_asks_for(kept: Certificates) -> None:
    leaf = x509.load_pem_x509_certificate(kept.chain.read_bytes())
    root = x509.load_pem_x509_certificate(kept.root.read_bytes())
    leaf.verify_directly_issued_by(root)
    usage = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.EMAIL_PROTECTION]
    assert not leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert leaf.not_valid_before_utc <= datetime.now(UTC)
    assert leaf.not_valid_after_utc > datetime.now(UTC) + timedelta(days=4 * 365)


def test_a_leaf_that_ends_soon_is_replaced_under_the_same_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificates, "LEAF_DAYS", 365)
    first = keep_certificates(tmp_path / "home")
    root, chain = first.root.read_bytes(), first.chain.read_bytes()
    monkeypatch.undo()
    second = keep_certificates(tmp_path / "home")
    assert second.root.read_bytes() == root
    assert second.chain.read_bytes() != chain


def test_presenter_of_a_lesson_of_slides_is_seen_where_a_scene_has_none() -> None:
    with_slide = Scene(0, None, "One.", UUID(int=1))
    without = Scene(1, None, "Two.")
    assert not shows_presenter("slide", [with_slide])
    assert shows_presenter("slide", [with_slide, without])
    assert shows_presenter("presenter+slide", [with_slide])
