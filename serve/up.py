"""`lectern up`: the whole studio on this machine, until it is told to stop."""

import os
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from rich.console import Console

from db.schema import migrate
from serve.admins import make_first_admin
from serve.client import StudioClient
from serve.fit import environment, fit, read_config
from serve.lesson_check import check_lesson
from serve.local import External, LocalServices, StepState
from serve.local_account import Account
from serve.local_database import (
    keep_local_account,
    reaching_the_database,
    studio_database,
)
from serve.making import MadeLesson, make_lesson
from serve.rollout import roll_out
from serve.services.certificates import keep_certificates
from serve.services.doorway import EVERY_ADDRESS, address_for_others, doorway
from serve.services.ports import LOOPBACK, claim, free_port
from serve.services.signals import interrupted_by_signals, set_by_signals
from serve.settings import Settings

WATCH_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class StudioRun:
    """What `lectern up` was asked for."""

    settings: Settings
    config: Path
    sample: Path | None = None
    out: Path = Path("out/sample")
    once: bool = False


def bring_up(run: StudioRun, console: Console) -> None:
    """Starts what has no address, serves, makes the sample if asked, stays until a signal."""
    home = run.settings.home
    services = LocalServices(
        home,
        _external(run.settings),
        run.settings.s3_bucket,
        _announcer(console),
        files_port=run.settings.files_port,
    )
    try:
        with interrupted_by_signals(), services, ExitStack() as ways:
            run = replace(run, settings=with_port(run.settings))
            settings = _located(run.settings, services)
            ways.enter_context(_door(run.settings, services))
            with reaching_the_database():
                migrate(settings.given("database_url"))
            _serve(run, settings, services, console)
            account = _open_account(settings)
            console.print(f"[bold]Lectern is at {account.url}[/]  (data in {home})")
            _tell_ways(settings, services, console)
            if run.sample:
                with StudioClient(account.url, account.username, account.password) as client:
                    _report(make_lesson(client, run.sample, run.out, console), console)
                check_lesson(run.out)
            if not run.once:
                _watch(run, settings, services, console)
    except KeyboardInterrupt:
        console.print("Stopped.")


def _tell_ways(settings: Settings, services: LocalServices, console: Console) -> None:
    """Where others come in, and where a proxy of the operator's must lead."""
    if others := address_for_others(settings.host):
        console.print(f"Other machines reach it at http://{others}:{settings.port}")
    if services.storage_port and settings.s3_public_endpoint_url:
        files = f"{LOOPBACK}:{services.storage_port}"
        console.print(f"Files are asked for at {settings.s3_public_endpoint_url}, kept at {files}")
    if services.dashboard_url:
        token = settings.home / "ray-token"
        console.print(f"[dim]Ray dashboard at {services.dashboard_url}, key in {token}")


def with_port(settings: Settings) -> Settings:
    """A port that is free, unless somebody counts on its number: who set it, a proxy, or other
    machines. Raises PortInUse.
    """
    counted_on = "port" in settings.model_fields_set or settings.s3_public_endpoint_url
    if counted_on or address_for_others(settings.host):
        port = claim(settings.port, settings.host, "LECTERN_PORT")
    else:
        port = free_port(settings.port)
    return settings.model_copy(update={"port": port})


def _external(settings: Settings) -> External:
    secret = settings.s3_secret_key
    return External(
        database_url=settings.database_url,
        s3_endpoint_url=settings.s3_endpoint_url,
        s3_access_key=settings.s3_access_key,
        s3_secret_key=secret.get_secret_value() if secret else None,
        ray_address=settings.ray_address,
    )


def _announcer(console: Console) -> Any:
    def announce(name: str, state: StepState) -> None:
        mark = {"ready": "[green]✓", "stopped": "[dim]✓"}.get(state, "[dim]…")
        console.print(f"{mark} {name} {state}", highlight=False)

    return announce


def _located(settings: Settings, services: LocalServices) -> Settings:
    """The settings with every address filled in."""
    found = services.addresses
    return settings.model_copy(
        update={
            "home": settings.home.absolute(),
            "database_url": found.database_url,
            "s3_endpoint_url": found.s3_endpoint_url,
            "s3_public_endpoint_url": settings.s3_public_endpoint_url
            or _files_for_others(settings, services),
            "s3_access_key": found.s3_access_key,
            "s3_secret_key": SecretStr(found.s3_secret_key),
            "ray_address": found.ray_address,
            "ray_token": _ray_token(settings, services),
            "dashboard_url": settings.dashboard_url or services.dashboard_url,
            "jwt_secret": settings.jwt_secret or SecretStr(found.jwt_secret),
            "studio_id": settings.studio_id or found.studio_id,
            **_certificates(settings),
        }
    )


def _files_for_others(settings: Settings, services: LocalServices) -> str | None:
    """Where other machines find the files that are stored here."""
    others, port = address_for_others(settings.host), services.storage_port
    return f"http://{others}:{port}" if others and port else None


def _door(settings: Settings, services: LocalServices) -> AbstractContextManager[None]:
    """Leads to the files, where nobody said that they have another way to them."""
    others, port = address_for_others(settings.host), services.storage_port
    if others is None or port is None or settings.s3_public_endpoint_url:
        return nullcontext()
    return doorway(others, port)


def _certificates(settings: Settings) -> dict[str, Path]:
    """Our own, unless others were brought."""
    if settings.provenance_certificate is not None:
        return {}
    kept = keep_certificates(settings.home.absolute() / "provenance")
    return {
        "provenance_certificate": kept.chain,
        "provenance_key": kept.key,
        "provenance_root": kept.root,
    }


def _ray_token(settings: Settings, services: LocalServices) -> SecretStr | None:
    if services.dashboard_url is None:
        return settings.ray_token
    return SecretStr((settings.home / "ray-token").read_text().strip())


def _serve(run: StudioRun, settings: Settings, services: LocalServices, console: Console) -> None:
    """Deploys the application; on a cluster that runs elsewhere, the file as it stands."""
    config = read_config(run.config)
    dashboard = services.dashboard_url
    if dashboard is not None:
        config = fit(
            config, host=settings.host, port=settings.port, cpus=os.cpu_count() or 1, gpus=_gpus()
        )
    token = settings.ray_token.get_secret_value() if settings.ray_token else None
    with console.status("Starting the deployments …") as status:

        def show(states: dict[str, str]) -> None:
            said = ", ".join(f"{name} {state.lower()}" for name, state in states.items())
            status.update(f"Starting the deployments: {said}")

        address = dashboard or settings.given("ray_address")
        roll_out(address, token, with_environment(config, settings), show)
    console.print("[green]✓[/] Studio, Producer, Llm, Zyphra, KDTalker ready", highlight=False)


def with_environment(config: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """The configuration with these settings for the replicas and for the scaling policy."""
    variables = {"env_vars": environment(settings)}
    application = {**config["applications"][0], "runtime_env": variables}
    return {
        **config,
        "applications": [application],
        "controller_options": {"runtime_env": variables},
    }


def _gpus() -> int:
    return len(list(Path("/dev").glob("nvidia[0-9]*")))


def _open_account(settings: Settings) -> Account:
    with studio_database(settings) as database:
        make_first_admin(database, settings)
        host = LOOPBACK if settings.host in EVERY_ADDRESS else settings.host
        url = f"http://{host}:{settings.port}"
        return keep_local_account(database, settings.home, url)


def _report(made: MadeLesson, console: Console) -> None:
    seconds = sum(scene["seconds"] for scene in made.job["scenes"])
    worked = sum(step["work_seconds"] for step in made.job["steps"] if step["name"] != "package")
    speed = (
        f"{seconds / made.wall_seconds:.1f} × real time" if worked else "its scenes were found done"
    )
    console.print(
        f"\n[bold]{made.job['title']}[/]: {seconds:.1f} s of lesson in {made.wall_seconds:.1f} s "
        f"({speed}), first scene after {made.first_scene_seconds or 0:.1f} s"
    )
    for step in made.job["steps"]:
        given = "as given" if step["name"] == "script" else ""
        engine = (step.get("engine") or {}).get("label", given)
        console.print(f"  {step['name']:<8} {step['work_seconds']:6.1f} s of work  [dim]{engine}")
    for file in made.files:
        console.print(f"  {file}  [dim]{file.stat().st_size / 1024:,.0f} KiB", highlight=False)


def _watch(run: StudioRun, settings: Settings, services: LocalServices, console: Console) -> None:
    """Keeps the services alive until a signal; a new Ray gets the application again."""
    console.print("Ctrl-C stops it.")
    with set_by_signals() as stopped:
        while not stopped.wait(WATCH_SECONDS):
            if "Ray" in services.heal():
                _serve(run, _located(settings, services), services, console)
