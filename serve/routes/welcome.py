"""What a browser finds at the studio's address."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

router = APIRouter(include_in_schema=False)

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Lectern</title>
<style>
  :root { color-scheme: light dark; font: 1.05rem/1.6 system-ui, sans-serif }
  body { max-width: 38rem; margin: 12vh auto; padding: 0 1.25rem }
  h1 { font: 600 2.2rem/1.2 Georgia, serif; margin: 0 0 1rem }
  code { font-size: .92em }
</style>
<h1>The studio is running</h1>
<p>Lectern turns a prompt or notes, a portrait and a voice into a narrated lesson. This version is
  worked from the command line and over HTTP; pages to work in come with a later one.</p>
<p>Make a lesson: <code>lectern make samples/lesson.yaml --out out/mine</code></p>
<p>The whole interface: <a href="/api/openapi.json">/api/openapi.json</a>, and
  <a href="/api/health/ready">how the studio is</a>.</p>
</html>
"""


@router.get("/")
def welcome() -> HTMLResponse:
    """Says that the studio runs, and how to go on."""
    return HTMLResponse(PAGE, headers={"Content-Security-Policy": POLICY})
