"""A consent is proved by whoever is heard, with words that nobody could know before."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import httpx
import numpy as np
import pytest
import soxr
from sqlalchemy import select, text, update

from db import consent_phrases
from db.models import Asset, AssetKind, AuditEntry, Consent, ConsentPhrase, Role
from db.session import Database
from deployments.model_files import missing
from deployments.zyphra.builtin import Builtin
from deployments.zyphra.speaking import narrate, read_request
from pipeline.engines import SpeechRequest
from pipeline.lesson import SAMPLE_RATE, join_speech
from pipeline.media.apart import CheckStopped
from pipeline.media.sound import flac_bytes
from pipeline.spoken_consent import COUNT, LANGUAGES
from pipeline.storage import Storage
from serve import spoken_consents, throttle
from serve.deps import Studio
from serve.throttle import PHRASES
from tests.api.conftest import Person
from tests.api.problems import assert_problem, fields
from tests.factories import a_consent, a_spec, an_asset
from tests.voices import MODELS, sample

WEIGHTS = MODELS / "resemblyzer" / "pretrained.pt"
CLEAR = ("island", "window", "tomato", "desert", "ocean", "river")
needs_encoder = pytest.mark.skipif(
    bool(missing("matched", MODELS)), reason="needs `lectern models pull matched`"
)


@cache
def spoken(words: str, height: float = 1.0) -> bytes:
    """The words in the built-in voice, as FLAC; ``height`` 0.75 makes it a larger speaker."""
    task = read_request("builtin", SpeechRequest(words, speaking_rate=13.0))
    sound = join_speech(list(narrate(Builtin().load(), task))).samples
    return flac_bytes(
        np.asarray(soxr.resample(sound, SAMPLE_RATE * height, SAMPLE_RATE), np.float32)
    )


@pytest.fixture
def voice(ada: Person, database: Database, storage: Storage) -> str:
    """Ada's recording of the built-in voice, with a recorded consent."""
    with database.transaction() as db:
        asset = an_asset(db, ada.user, kind=AssetKind.VOICE)
        storage.put(asset.storage_key, sample(1.0), "audio/flac")
        return str(asset.id)


def phrase(person: Person, voice: str, language: str = "en-us") -> dict[str, Any]:
    answer = person.post(f"/api/assets/{voice}/consent/phrase", json={"language": language})
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


def speak(person: Person, voice: str, phrase_id: str, sound: bytes) -> httpx.Response:
    return person.post(
        f"/api/assets/{voice}/consent/spoken",
        data={"phrase_id": phrase_id},
        files={"file": ("spoken.flac", sound)},
    )


def consent(person: Person, voice: str) -> dict[str, Any]:
    read: dict[str, Any] = person.get(f"/api/assets/{voice}").json()["consent"]
    return read


def acts(database: Database, action: str) -> list[AuditEntry]:
    with database.transaction() as db:
        return list(db.scalars(select(AuditEntry).where(AuditEntry.action == action)))


class TestWithTheSpeakerEncoder:
    """In a studio that can tell voices apart."""

    @pytest.fixture
    def studio(self, studio: Studio) -> Studio:
        return replace(studio, speaker_encoder=WEIGHTS)

    @needs_encoder
    def test_the_words_in_the_voice_itself_verify_the_consent(
        self,
        ada: Person,
        voice: str,
        database: Database,
        storage: Storage,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        # with other words it sounds a little different: this is about a clear case
        monkeypatch.setattr(spoken_consents, "draw_words", lambda _: CLEAR)
        asked = phrase(ada, voice)
        assert asked["heard_here"]
        sound = spoken(asked["text"])
        answer = speak(ada, voice, asked["id"], sound)
        assert answer.status_code == 200, answer.text
        read = answer.json()
        assert (read["state"], read["verified_by"]) == ("verified", None)
        assert read["verified_at"] > read["recorded_at"]
        assert consent(ada, voice) == read
        (act,) = acts(database, "consent.spoken")
        assert act.details["words_heard"] >= 4
        assert act.details["likeness"] >= 0.94
        (key,) = [
            found.key for found in storage.list(f"users/{ada.user.id}/assets/{voice}/consents/")
        ]
        assert key.endswith(f"{read['id']}.flac")
        again = ada.post(f"/api/assets/{voice}/consent/phrase", json={})
        assert_problem(again, 409, "consent_not_provable")

    @needs_encoder
    def test_another_voice_is_refused_whatever_it_says(self, ada: Person, voice: str) -> None:
        asked = phrase(ada, voice)
        answer = speak(ada, voice, asked["id"], spoken(asked["text"], 0.75))
        assert_problem(answer, 422, "consent_voice_differs")
        assert consent(ada, voice)["state"] == "recorded"

    @needs_encoder
    def test_other_words_are_refused_and_the_phrase_is_spent(self, ada: Person, voice: str) -> None:
        old, new = phrase(ada, voice)["text"], phrase(ada, voice)
        answer = speak(ada, voice, new["id"], spoken(old))
        assert_problem(answer, 422, "consent_not_heard")
        answer = speak(ada, voice, new["id"], spoken(new["text"]))
        assert_problem(answer, 404, "consent_phrase_not_found")
        assert consent(ada, voice)["state"] == "recorded"

    @needs_encoder
    def test_who_says_that_they_do_not_agree_has_not_agreed(self, ada: Person, voice: str) -> None:
        asked = phrase(ada, voice)
        denied = asked["text"].replace("I agree", "I do not agree")
        assert_problem(speak(ada, voice, asked["id"], spoken(denied)), 422, "consent_not_heard")

    @needs_encoder
    def test_a_language_nobody_here_understands_waits_for_an_administrator(
        self,
        ada: Person,
        voice: str,
        signed_in: Callable[..., Person],
        database: Database,
    ) -> None:
        asked = phrase(ada, voice, "de")
        assert not asked["heard_here"]
        read = speak(ada, voice, asked["id"], sample(1.0)).json()
        assert (read["state"], read["pending_reason"]) == ("pending", "language_not_recognised")
        admin = signed_in(username="root", role=Role.ADMIN)
        (waiting,) = admin.get("/api/admin/consents").json()["items"]
        assert (waiting["id"], waiting["asset_id"]) == (read["id"], voice)
        assert waiting["recording"]
        place = f"/api/admin/consents/{read['id']}"
        address = admin.get(f"{place}/recording").json()["address"]
        assert httpx.get(address, timeout=60).content[:4] == b"fLaC"
        proved = admin.post(f"{place}/verify").json()
        assert (proved["state"], proved["verified_by"]) == ("verified", str(admin.user.id))
        assert consent(ada, voice)["state"] == "verified"
        assert_problem(admin.post(f"{place}/verify"), 409, "consent_not_provable")
        for action in ("consent.listened", "consent.vouched"):
            assert [act.actor_id for act in acts(database, action)] == [admin.user.id]


def test_without_the_encoder_somebody_has_to_listen(ada: Person, voice: str) -> None:
    asked = phrase(ada, voice)
    read = speak(ada, voice, asked["id"], spoken(asked["text"])).json()
    assert (read["state"], read["pending_reason"]) == ("pending", "voice_not_compared")


def test_a_phrase_is_drawn_anew_each_time_and_good_for_minutes(
    ada: Person, voice: str, database: Database
) -> None:
    first, second = phrase(ada, voice), phrase(ada, voice)
    assert first["text"] != second["text"]
    assert_problem(speak(ada, voice, first["id"], b"anything"), 404, "consent_phrase_not_found")
    until = datetime.fromisoformat(second["expires_at"])
    assert timedelta(minutes=5) < until - datetime.now(UTC) <= timedelta(minutes=10)
    with database.transaction() as db:
        (row,) = db.scalars(select(ConsentPhrase))
        assert len({*row.words.split()}) == COUNT
        assert {*row.words.split()} <= {*LANGUAGES["en"].words}
        db.execute(update(ConsentPhrase).values(expires_at=datetime.now(UTC)))
    answer = speak(ada, voice, second["id"], b"anything")
    assert_problem(answer, 404, "consent_phrase_not_found")


def test_no_transaction_waits_while_somebody_is_listened_to(
    ada: Person, voice: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = phrase(ada, voice)
    waiting: list[int] = []

    def listen(*_: object) -> None:
        with database.transaction() as db:
            held = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
            waiting.append(db.scalar(text(held + "state = 'idle in transaction'")) or 0)
        raise CheckStopped("heard enough")

    monkeypatch.setattr(spoken_consents, "run_apart", listen)
    assert_problem(speak(ada, voice, asked["id"], b"anything"), 422, "sound_unreadable")
    assert waiting == [0]


def test_what_is_no_recording_is_refused_as_any_upload(ada: Person, voice: str) -> None:
    asked = phrase(ada, voice)
    assert_problem(speak(ada, voice, asked["id"], b"no sound"), 422, "sound_unreadable")


def test_a_phrase_needs_a_voice_with_a_consent_in_a_language_there_is(
    ada: Person, voice: str, database: Database
) -> None:
    with database.transaction() as db:
        portrait = an_asset(db, ada.user).id
        bare = an_asset(db, ada.user, kind=AssetKind.VOICE, consented=False).id
    ask = "/api/assets/{}/consent/phrase"
    assert_problem(ada.post(ask.format(portrait), json={}), 409, "consent_not_speakable")
    assert_problem(ada.post(ask.format(bare), json={}), 409, "consent_not_provable")
    body = assert_problem(
        ada.post(ask.format(voice), json={"language": "fi"}), 422, "request_invalid"
    )
    assert fields(body) == {("language", "language_unsupported")}


def test_a_malformed_recording_is_told_apart(ada: Person, voice: str) -> None:
    place = f"/api/assets/{voice}/consent/spoken"
    body = assert_problem(
        ada.post(place, data={"phrase_id": "one"}, files={"other": ("a", b"b")}),
        422,
        "request_invalid",
    )
    assert ("phrase_id", "uuid_parsing") in fields(body)


def test_nobody_speaks_for_the_voice_of_another(ada: Person, bob: Person, voice: str) -> None:
    asked = phrase(ada, voice)
    answer = bob.post(f"/api/assets/{voice}/consent/phrase", json={})
    assert_problem(answer, 404, "asset_not_found")
    assert_problem(speak(bob, voice, asked["id"], b"anything"), 404, "asset_not_found")


def test_a_phrase_of_one_voice_is_not_good_for_another_nor_spent_by_it(
    ada: Person, voice: str, database: Database
) -> None:
    with database.transaction() as db:
        other = str(an_asset(db, ada.user, kind=AssetKind.VOICE).id)
    asked = phrase(ada, voice)
    answer = speak(ada, other, asked["id"], b"anything")
    assert_problem(answer, 404, "consent_phrase_not_found")
    assert_problem(speak(ada, voice, asked["id"], b"no sound"), 422, "sound_unreadable")


def test_of_two_who_speak_a_phrase_at_once_one_is_listened_to(
    ada: Person, voice: str, database: Database
) -> None:
    phrase_id, voice_id = UUID(phrase(ada, voice)["id"]), UUID(voice)
    taken: list[bool] = []

    def take() -> None:
        with database.transaction() as db:
            taken.append(
                consent_phrases.use(db, db.get_one(Asset, voice_id), phrase_id) is not None
            )

    with database.transaction() as first:
        assert consent_phrases.use(first, first.get_one(Asset, voice_id), phrase_id) is not None
        second = Thread(target=take)
        second.start()
    second.join(240)
    assert taken == [False]


def test_phrases_are_not_drawn_until_one_fits_a_recording(
    ada: Person, voice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the first wait is of a second, which a slow machine outlasts
    monkeypatch.setattr(throttle, "PHRASES", replace(PHRASES, first_seconds=600))
    for _ in range(PHRASES.free):
        phrase(ada, voice)
    answer = ada.post(f"/api/assets/{voice}/consent/phrase", json={})
    assert_problem(answer, 429, "rate_exceeded")


def test_there_is_no_phrase_for_a_voice_that_has_not_arrived(ada: Person) -> None:
    ask = {"kind": "voice", "filename": "a.wav", "content_type": "audio/wav", "size": 1000}
    announced = ada.post("/api/assets/uploads", json=ask | {"sha256": "a" * 64}).json()
    place = f"/api/assets/{announced['asset']['id']}/consent"
    given = ada.post(place, json={"statement": "self", "person": "Ada"})
    assert given.status_code == 201
    assert_problem(ada.post(f"{place}/phrase", json={}), 409, "asset_not_ready")


def test_what_is_spoken_for_a_consent_that_was_revoked_counts_for_nothing(
    ada: Person, voice: str
) -> None:
    asked = phrase(ada, voice)
    assert ada.delete(f"/api/assets/{voice}/consent").status_code == 200
    answer = speak(ada, voice, asked["id"], spoken("Anything at all, for a while."))
    assert_problem(answer, 404, "consent_phrase_not_found")


def test_an_unknown_consent_is_not_vouched_for(signed_in: Callable[..., Person]) -> None:
    admin = signed_in(username="root", role=Role.ADMIN)
    place = f"/api/admin/consents/{uuid4()}"
    assert_problem(admin.post(f"{place}/verify"), 404, "consent_not_found")
    assert_problem(admin.get(f"{place}/recording"), 404, "consent_not_found")


class TestWhereConsentsMustBeVerified:
    @pytest.fixture
    def studio(self, studio: Studio) -> Studio:
        return replace(studio, proved_voices=True)

    def test_a_recorded_consent_is_not_enough_for_a_voice(
        self, ada: Person, portrait: Asset, voice: str, signed_in: Callable[..., Person]
    ) -> None:
        spec = a_spec(portrait.id, voice_id=voice)
        body = assert_problem(ada.post("/api/jobs", json=spec), 422, "request_invalid")
        assert fields(body) == {("voice_id", "consent_unverified")}
        batch = ada.post("/api/batches", json={"items": [spec]})
        assert fields(assert_problem(batch, 422, "batch_refused")) == {
            ("items.0.voice_id", "consent_unverified")
        }
        admin = signed_in(username="root", role=Role.ADMIN)
        admin.post(f"/api/admin/consents/{consent(ada, voice)['id']}/verify")
        assert ada.post("/api/jobs", json=spec).status_code == 202

    def test_a_new_consent_has_to_be_proved_anew(
        self, ada: Person, portrait: Asset, voice: str, database: Database
    ) -> None:
        with database.transaction() as db:
            db.execute(update(Consent).values(verified_at=datetime.now(UTC)))
        spec = a_spec(portrait.id, voice_id=voice)
        assert ada.post("/api/jobs", json=spec).status_code == 202
        with database.transaction() as db:
            hers = update(Consent).where(Consent.asset_id == UUID(voice))
            db.execute(hers.values(revoked_at=datetime.now(UTC)))
            asset = db.get_one(Asset, UUID(voice))
            a_consent(db, asset)
        body = assert_problem(ada.post("/api/jobs", json=spec), 422, "request_invalid")
        assert fields(body) == {("voice_id", "consent_unverified")}
