"""A learning platform for cmi5 on the loopback: it launches, keeps, and refuses by the letter.

It checks each statement and each request against the numbered requirements (``cmi5_rules.py``):
no platform or conformance suite for cmi5 was found that does. Records of others: ``ralph.py``.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

from tests.browser.cmi5_rules import Launch, refusal

XAPI = "/xapi/"
LAUNCH_DATA = "LMS.LaunchData"
PREFERENCES = "cmi5LearnerPreferences"
PATIENCE_SECONDS = 60


class Refused(Exception):
    """``number`` is that of the requirement that was broken, or of the part of xAPI."""

    def __init__(self, status: int, number: str) -> None:
        super().__init__(status, number)
        self.status, self.number = status, number


class Platform:
    """What it launched, what it was told, and what it refused."""

    def __init__(self) -> None:
        self.address = ""
        self.launches: list[Launch] = []
        self.documents: dict[tuple[str, str], Any] = {}
        self.refused: list[str] = []
        self.broken: int | None = None
        self.told = Condition()

    def launch(self, earlier: tuple[Launch, ...] = (), **how: Any) -> Launch:
        """A new session: of the same registration as ``earlier``, where there is one."""
        last = earlier[-1] if earlier else None
        launch = Launch(
            actor=self.learner,
            registration=last.registration if last else str(uuid4()),
            activity_id="https://lms.example/activities/7",
            publisher_id="urn:uuid:5f2f4c0a-7d3c-5d3a-9f0c-6c9c6d5f1a11",
            session_id=str(uuid4()),
            earlier=earlier,
            **how,
        )
        self.launches.append(launch)
        return launch

    @property
    def learner(self) -> dict[str, Any]:
        account = {"homePage": "https://lms.example", "name": "learner-7"}
        return {"objectType": "Agent", "name": "Ada", "account": account}

    def query(self, launch: Launch) -> str:
        """The launch parameters (8.1)."""
        return urlencode(
            {
                "activityId": launch.activity_id,
                "registration": launch.registration,
                "actor": json.dumps(launch.actor),
                "fetch": f"{self.address}/fetch?session={launch.session_id}",
                "endpoint": f"{self.address}{XAPI}",
            }
        )

    def break_down(self, status: int | None) -> None:
        """Answers everything with that status from now on; None: works again."""
        with self.told:
            self.broken = status

    def wait(self, happened: Callable[[], bool]) -> None:
        """Until something is true of what was told."""
        with self.told:
            assert self.told.wait_for(happened, PATIENCE_SECONDS), self.refused

    def hand_out(self, method: str, session_id: str) -> Any:
        """8.2: the token, once."""
        if method != "POST":
            raise Refused(405, "8.1.2.0-4")
        (launch,) = (each for each in self.launches if each.session_id == session_id)
        if launch.token:
            return {"error-code": "1", "error-text": "The token was handed out already."}
        launch.token = uuid4().hex
        return {"auth-token": launch.token}

    def authorised(self, header: str | None) -> Launch:
        for launch in self.launches:
            if launch.token and header == f"Basic {launch.token}":
                return launch
        raise Refused(401, "8.1.2.0-5")

    def receive(self, launch: Launch, statements: list[dict[str, Any]]) -> list[str]:
        """All or none, as xAPI asks of a list; each is checked as if those before were kept."""
        kept = len(launch.statements)
        for statement in statements:
            number = refusal(statement, launch)
            if number is not None:
                del launch.statements[kept:]
                raise Refused(403, number)
            launch.statements.append(statement)
        return [statement["id"] for statement in statements]

    def state(self, method: str, launch: Launch, query: dict[str, str], body: Any) -> Any:
        """State documents: of this learner, this lesson and this registration only."""
        if json.loads(query["agent"]) != launch.actor:
            raise Refused(403, "8.1.3.0-3")
        if query["registration"] != launch.registration:
            raise Refused(403, "8.1.4.0-3")
        if query["activityId"] != launch.activity_id:
            raise Refused(403, "8.1.5.0-6")
        name = query["stateId"]
        if name == LAUNCH_DATA:
            if method != "GET":
                raise Refused(403, "10.2.1.0-5")
            launch.read.add(name)
            return launch.data
        place = launch.registration, name
        if method == "PUT":
            self.documents[place] = body
        elif place not in self.documents:
            raise Refused(404, "xAPI 2.3")
        return self.documents[place] if method == "GET" else None

    def profile(self, launch: Launch, query: dict[str, str]) -> Any:
        if json.loads(query["agent"]) != launch.actor:
            raise Refused(403, "11.0.0.0-1")
        launch.read.add(query["profileId"])
        if query["profileId"] != PREFERENCES or launch.preferences is None:
            raise Refused(404, "xAPI 2.6")
        return launch.preferences


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    platform: Platform

    def do_GET(self) -> None:
        self._answer()

    def do_PUT(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_OPTIONS(self) -> None:
        """The lesson is of another origin, as on most platforms: the browser asks first."""
        self._send(204, None)

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        platform = self.platform
        with platform.told:
            try:
                status, document = self._handled(json.loads(body) if body else None)
            except Refused as error:
                status, document = error.status, error.number
                if status != 404:
                    platform.refused.append(f"{self.command} {self.path[:40]}: {error.number}")
            self._send(status, document)
            platform.told.notify_all()

    def _handled(self, body: Any) -> tuple[int, Any]:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if self.platform.broken:
            return self.platform.broken, "The database is being backed up."
        if parts.path == "/fetch":
            return 200, self.platform.hand_out(self.command, query["session"])
        if self.headers.get("X-Experience-API-Version") != "1.0.3":
            raise Refused(400, "xAPI 3.3")
        launch = self.platform.authorised(self.headers.get("Authorization"))
        answer = self._resource(launch, parts.path.removeprefix(XAPI), query, body)
        return (204 if self.command == "PUT" else 200), answer

    def _resource(self, launch: Launch, name: str, query: dict[str, str], body: Any) -> Any:
        if name == "statements" and self.command == "POST":
            return self.platform.receive(launch, body)
        if name == "statements" and self.command == "PUT":
            if query["statementId"] != body["id"]:
                raise Refused(400, "xAPI 2.1.1")
            return self.platform.receive(launch, [body])
        if name == "activities/state":
            return self.platform.state(self.command, launch, query, body)
        if name == "agents/profile" and self.command == "GET":
            return self.platform.profile(launch, query)
        raise Refused(404, "xAPI 2")

    def _send(self, status: int, document: Any) -> None:
        sent = b"" if status == 204 else json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(sent)))
        self.send_header("Access-Control-Allow-Origin", self.headers.get("Origin") or "*")
        self.send_header("Access-Control-Allow-Methods", "GET, PUT, POST")
        allowed = "Authorization, Content-Type, X-Experience-API-Version"
        self.send_header("Access-Control-Allow-Headers", allowed)
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, format: str, *args: object) -> None:
        """Silence: the lesson's requests are no part of a test's output."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Silence: a page that is closed hangs up on answers."""


@contextmanager
def platform() -> Iterator[Platform]:
    """One that serves until the block ends."""
    made = Platform()
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"platform": made}))
    made.address = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
