"""Settings are read once and refused early."""

from ipaddress import ip_network
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from pipeline.outbound_rules import OutboundRules
from serve.fit import environment
from serve.settings import SettingMissing, Settings, openai_endpoint, outbound_rules


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DATABASE_URL", "S3_ENDPOINT_URL", "RAY_ADDRESS", "LECTERN_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_services_are_found_under_their_usual_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://db/lectern")
    monkeypatch.setenv("S3_ENDPOINT_URL", "https://s3.example.com")
    monkeypatch.setenv("LECTERN_PORT", "9000")
    settings = Settings()
    assert settings.database_url == "postgresql://db/lectern"
    assert settings.s3_endpoint_url == "https://s3.example.com"
    assert settings.port == 9000


def test_production_refuses_to_start_without_its_secrets() -> None:
    with pytest.raises(ValidationError, match=r"LECTERN_DATABASE_URL.*LECTERN_JWT_SECRET"):
        Settings(environment="production")


def test_production_refuses_a_short_secret() -> None:
    with pytest.raises(ValidationError, match="at least 32 characters"):
        Settings(
            environment="production",
            database_url="postgresql://db/lectern",
            s3_endpoint_url="https://s3.example.com",
            s3_access_key="key",
            s3_secret_key=SecretStr("secret"),
            jwt_secret=SecretStr("short"),
            studio_id="0abc",
            provenance_certificate=Path("chain.pem"),
            provenance_key=Path("key.pem"),
        )


def test_a_setting_that_is_needed_and_absent_is_named() -> None:
    with pytest.raises(SettingMissing, match=r"LECTERN_DATABASE_URL"):
        Settings().given("database_url")


def test_a_replica_reads_back_the_settings_it_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    here = Settings(
        home=Path("data"),
        jwt_secret=SecretStr("j" * 40),
        database_url="postgresql://db/lectern",
        openai_model="a-model",
    )
    for name, value in environment(here).items():
        monkeypatch.setenv(name, value)
    there = Settings()
    assert there == here.model_copy(update={"home": here.home.absolute()})


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    settings = Settings(
        jwt_secret=SecretStr("do-not-show-this"), openai_api_key=SecretStr("nor-it")
    )
    assert "do-not-show-this" not in repr(settings)
    assert openai_endpoint(settings)["api_key"] == "nor-it"


def test_lists_in_the_environment_are_separated_by_spaces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LECTERN_TRUSTED_PROXIES", "10.0.0.0/8 ::1")
    monkeypatch.setenv("LECTERN_JWT_PREVIOUS_SECRETS", f"{'a' * 32} {'b' * 32}")
    settings = Settings()
    assert [str(network) for network in settings.proxies] == ["10.0.0.0/8", "::1/128"]
    assert settings.previous_secrets == ("a" * 32, "b" * 32)
    assert "aaaa" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [("LECTERN_TRUSTED_PROXIES", "10.0.0.1/8"), ("LECTERN_JWT_PREVIOUS_SECRETS", "short")],
)
def test_a_list_that_cannot_be_read_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError, match=name):
        Settings()


def test_a_replica_does_not_learn_the_administrators_password() -> None:
    here = Settings(admin_email="root@example.org", admin_password=SecretStr("a quiet river"))
    assert "a quiet river" not in environment(here).values()


def test_webhooks_lead_to_public_addresses_unless_more_is_allowed() -> None:
    assert outbound_rules(Settings()) == OutboundRules()
    allowed = Settings(webhook_http=True, webhook_networks="10.20.0.0/16 fd12::/32")
    networks = (ip_network("10.20.0.0/16"), ip_network("fd12::/32"))
    assert outbound_rules(allowed) == OutboundRules(http=True, networks=networks)
    assert outbound_rules(Settings(webhook_private=True)).private


def test_networks_that_cannot_be_read_are_refused_at_the_start() -> None:
    with pytest.raises(ValidationError, match=r"LECTERN_WEBHOOK_NETWORKS: .*10\.0\.0\.300"):
        Settings(webhook_networks="10.0.0.300/8")
