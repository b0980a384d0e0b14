"""The web studio's files, as browsers get them; what its pages do: tests/browser/studio."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from serve.deps import Studio
from serve.ingress import create_app

INDEX = '<!doctype html><meta property="csp-nonce" nonce="__NONCE__"><script src="/x.js"></script>'


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """A studio as Vite builds one, in small."""
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(INDEX)
    (folder / "theme.js").write_text("theme")
    (folder / "assets" / "index-a1b2.js").write_text("script")
    (folder / "assets" / "index-a1b2.js.br").write_bytes(b"packed by brotli")
    (folder / "assets" / "index-a1b2.js.gz").write_bytes(b"packed by gzip")
    (tmp_path / "secret.txt").write_text("not for anybody")
    return folder


@pytest.fixture
def browser(studio: Studio, pages: Path) -> Iterator[TestClient]:
    with TestClient(create_app(replace(studio, pages=pages))) as client:
        client.headers["accept-encoding"] = "identity"
        yield client


@pytest.mark.parametrize("path", ["/", "/lessons/0199?scene=2", "/settings/keys", "/apitude"])
def test_every_page_has_its_own_address(browser: TestClient, path: str) -> None:
    page = browser.get(path)
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["cache-control"] == "no-cache"
    assert '<script src="/x.js">' in page.text


def test_pages_run_nothing_but_the_studio(browser: TestClient, studio: Studio) -> None:
    page = browser.get("/")
    rules = dict(rule.split(" ", 1) for rule in page.headers["content-security-policy"].split("; "))
    storage = re.match(r"http://[^/]+", studio.storage.presign_get("x", 60))
    assert storage
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == "'self'"
    assert rules["frame-ancestors"] == "'none'"
    assert rules["connect-src"] == f"'self' {storage[0]}"
    assert rules["media-src"] == f"'self' blob: {storage[0]}"
    assert "unsafe" not in page.headers["content-security-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "same-origin"


def test_the_nonce_of_styles_is_another_each_time(browser: TestClient) -> None:
    seen = set()
    for page in (browser.get("/"), browser.get("/")):
        nonce = re.search(r'nonce="([^"]+)"', page.text)
        assert nonce
        assert f"'nonce-{nonce[1]}'" in page.headers["content-security-policy"]
        seen.add(nonce[1])
    assert len(seen) == 2


def test_files_named_by_their_content_are_kept_for_ever(browser: TestClient) -> None:
    script = browser.get("/assets/index-a1b2.js")
    assert script.text == "script"
    assert script.headers["content-type"].startswith("text/javascript")
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert script.headers["x-content-type-options"] == "nosniff"
    assert browser.get("/theme.js").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("accepted", "encoding"), [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("identity", None)]
)
def test_files_come_as_small_as_the_browser_can_read_them(
    browser: TestClient, pages: Path, accepted: str, encoding: str | None
) -> None:
    endings = {"br": ".br", "gzip": ".gz", None: ""}
    path = pages / "assets" / f"index-a1b2.js{endings[encoding]}"
    with browser.stream(
        "GET", "/assets/index-a1b2.js", headers={"accept-encoding": accepted}
    ) as answer:
        assert answer.headers.get("content-encoding") == encoding
        assert answer.headers["vary"] == "Accept-Encoding"
        assert b"".join(answer.iter_raw()) == path.read_bytes()


@pytest.mark.parametrize(
    "path",
    [
        "/assets/index-0000.js",
        "/missing.js",
        "/index.html",
        "/..%2Fsecret.txt",
        "/assets/..%2F..%2Fsecret.txt",
        "/a%00.js",
        "/assets/a%00b",
        f"/{'a' * 300}.js",
        f"/assets/{'a' * 300}",
    ],
)
def test_what_is_not_a_file_of_the_studio_is_not_found(browser: TestClient, path: str) -> None:
    answer = browser.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "route_not_found")


def test_below_api_there_are_problems_and_no_pages(browser: TestClient) -> None:
    missing = browser.get("/api/nothing")
    assert (missing.status_code, missing.json()["code"]) == (404, "route_not_found")
    wrong = browser.get("/api/auth/login")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")


def test_without_a_build_a_page_says_how_to_make_one(studio: Studio, tmp_path: Path) -> None:
    with TestClient(create_app(replace(studio, pages=tmp_path / "nothing"))) as client:
        page = client.get("/lessons")
    assert page.status_code == 200
    assert "make pages" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
