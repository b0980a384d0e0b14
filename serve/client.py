"""A running studio, over its HTTP API; what the command line uses."""

import mimetypes
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import httpx
from httpx_sse import connect_sse

from pipeline.errors import LecternError

PATIENCE = httpx.Timeout(60.0, read=120.0)
RECONNECT_SECONDS = 1.0
RESTART_SECONDS = 600.0
Json = dict[str, Any]


class Refused(LecternError):
    """The studio refused “{0}”: {1}"""

    code = "refused"

    def __init__(self, request: str, sentence: str, advice: str = "") -> None:
        super().__init__(request, sentence)
        self.advice = advice


class StudioUnreachable(LecternError):
    """No studio answers at {0}: {1}."""

    code = "studio_unreachable"
    advice = "Start it with `lectern up`, or name another one with --url."


class StudioClient:
    """Signs in once and keeps the access token fresh; every refusal becomes Refused."""

    def __init__(self, url: str, login: str, password: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=PATIENCE)
        self._login = login
        self._password = password

    def __enter__(self) -> Self:
        self.sign_in()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def sign_in(self) -> None:
        """Raises Refused, and StudioUnreachable where nobody answers."""
        who = {"login": self._login, "password": self._password}
        try:
            answer = self._http.post("/api/auth/login", json=who)
        except (httpx.TransportError, httpx.UnsupportedProtocol) as error:
            raise StudioUnreachable(self._http.base_url, error) from error
        token = _checked(answer)["access_token"]
        self._http.headers["Authorization"] = f"Bearer {token}"

    def call(self, method: str, path: str, **more: Any) -> Any:
        """The JSON of the answer. Raises Refused."""
        return _checked(self.ask(method, path, **more))

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """The answer as it comes, after a new sign-in where the old one has expired."""
        answer = self._http.request(method, path, **more)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            self.sign_in()
            answer = self._http.request(method, path, **more)
        return answer

    def upload(self, kind: str, path: Path) -> str:
        """The id of the asset made of a file."""
        content_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        with path.open("rb") as content:
            asset = self.call(
                "POST",
                "/api/assets",
                data={"kind": kind, "name": path.name},
                files={"file": (path.name, content, content_type)},
            )
        return str(asset["id"])

    def consent(self, asset: str, given: Json) -> None:
        """Records a consent: ``statement`` (self, permission, invented) and ``person`` at least."""
        self.call("POST", f"/api/assets/{asset}/consent", json=given)

    def events(self, job: str) -> Iterator[Json]:
        """A job's history as it happens; picks up where a broken connection left it.

        Raises StudioUnreachable when no studio answers for longer than one needs to start again.
        """
        last = "0"
        deadline: float | None = None
        while True:
            try:
                headers = {"Last-Event-ID": last}
                with connect_sse(
                    self._http, "GET", f"/api/jobs/{job}/events", headers=headers
                ) as stream:
                    if stream.response.is_success:
                        deadline = None
                    for event in stream.iter_sse():
                        if not event.data:
                            continue  # it only says how soon to come back
                        if event.event == "problem":
                            self.sign_in()
                            break
                        last = event.id or last
                        told = event.json()
                        yield {"kind": told["kind"], "number": told["number"], **told["data"]}
                    else:
                        return
            except httpx.TransportError as error:
                deadline = deadline or time.monotonic() + RESTART_SECONDS
                if time.monotonic() > deadline:
                    raise StudioUnreachable(self._http.base_url, error) from error
                self._come_back()

    def _come_back(self) -> None:
        """After a pause, and signed in anew: a lesson may take longer than a token is good for."""
        time.sleep(RECONNECT_SECONDS)
        with suppress(StudioUnreachable, Refused):
            self.sign_in()

    def download(self, address: str, path: Path) -> None:
        with self._http.stream("GET", address, follow_redirects=True) as answer:
            answer.raise_for_status()
            with path.open("wb") as out:
                for part in answer.iter_bytes():
                    out.write(part)


def register(url: str, email: str, username: str, password: str) -> None:
    answer = httpx.post(
        f"{url}/api/auth/register",
        json={"email": email, "username": username, "password": password},
        timeout=PATIENCE,
    )
    _checked(answer)


def _checked(answer: httpx.Response) -> Any:
    if answer.is_success:
        return answer.json() if answer.content else None
    advice = ""
    try:
        problem = answer.json()
        fields = "; ".join(f"{e['field']}: {e['message']}" for e in problem.get("errors") or [])
        sentence = f"{problem.get('detail') or problem.get('title')} {fields}".strip()
        advice = problem.get("advice") or ""
    except ValueError:
        sentence = f"HTTP {answer.status_code}"
    raise Refused(f"{answer.request.method} {answer.request.url.path}", sentence, advice)
