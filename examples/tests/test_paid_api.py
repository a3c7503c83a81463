"""Does the paid service say what is wrong, keep its token, and show pages that everybody can read?"""

from __future__ import annotations

import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from paid_service import pages, plot
from paid_service.client import Client, PaidServiceError
from paid_service.model import Job, State
from paid_service.started import Started
from paid_service.store import Moment
from paying import TOKEN, ended, key, order


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"samples": 0}, "samples=0: Input should be greater than or equal to 1"),
        ({"workers": 99}, "workers=99: Input should be less than or equal to 8"),
        ({"hurry": True}, "hurry=True: Extra inputs are not permitted"),
    ],
)
def test_a_wrong_order_is_told_the_field_the_value_and_what_would_be_right(service: Started, change, said):
    headers = {"Authorization": f"Bearer {TOKEN}"}
    answer = httpx.put(f"{service.url}/v1/jobs/{key()}", headers=headers, json={"samples": 10} | change)
    assert (answer.status_code, answer.json()["detail"]) == (422, said)


def test_without_the_token_nothing_is_sold_and_the_token_is_not_told(service: Started):
    for wrong in ("x", TOKEN[:-1], f"{TOKEN}x"):
        with Client(service.url, wrong) as stranger, pytest.raises(PaidServiceError) as refused:
            stranger.submit(key(), order())
        assert refused.value.status == 401
        assert TOKEN not in str(refused.value)


@pytest.mark.parametrize("token", ["", "two words", f"{TOKEN}\n"], ids=("empty", "two words", "a line"))
def test_a_token_that_cannot_be_sent_is_refused_and_not_shown(token: str):
    with pytest.raises(ValueError, match="token: want letters") as refused:
        Client("http://127.0.0.1:9", token)
    assert TOKEN not in str(refused.value)


def test_a_service_that_is_busy_for_a_moment_is_asked_again():
    answers = [503, 502, 200]

    class Busy(BaseHTTPRequestHandler):
        def do_PUT(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            job = Job(
                key=key(),
                state=State.RUNNING,
                progress=0,
                workers=1,
                live_workers=0,
                dollars=0,
                dollars_per_second=0,
            )
            self.send_response(answers.pop(0))
            self.end_headers()
            self.wfile.write(job.model_dump_json().encode())

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Busy) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with Client(f"http://127.0.0.1:{server.server_port}", TOKEN) as client:
            assert client.submit(key(), order()).state == State.RUNNING
        server.shutdown()
    assert answers == []


def test_nobody_there_is_said_with_the_address(tmp_path: Path):
    with (
        Client("http://127.0.0.1:9", TOKEN, 0.5) as client,
        pytest.raises(PaidServiceError, match=r"GET http://127\.0\.0\.1:9/v1/jobs/\S+: no answer: ") as lost,
    ):
        client.get(key())
    assert lost.value.transient


def test_the_pages_say_what_is_the_case_and_ask_no_other_host(service: Started, client: Client):
    wanted = order(samples=20_000, seconds=2.5)
    client.submit(job := key(), wanted)
    found = ended(client, job)
    page, log = httpx.get(found.plot_page).text, httpx.get(found.log_page).text
    assert '<svg xmlns="http://www.w3.org/2000/svg"' in page
    assert f"{found.pi:.4f} ± {found.standard_error:.4f}" in page
    assert "worker 0: done" in log
    for text in (page, log):
        assert TOKEN not in text
        assert "prefers-color-scheme: dark" in text
        outside = text.replace(service.url, "").replace("http://www.w3.org/2000/svg", "")
        assert "//" not in outside, "a request to another host"


def test_a_plot_of_less_than_two_moments_is_refused():
    with pytest.raises(ValueError, match="a line needs two moments, not 1"):
        plot.svg([Moment(0, 0, 0, 0)], "nothing")


def luminance(colour: str) -> float:
    """WCAG's relative luminance of "#rgb" or "#rrggbb"."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_text_of_the_pages_can_be_read_in_light_and_in_dark():
    schemes = [dict(re.findall(r"--(\w+): (#\w+)", part)) for part in re.findall(r":root {.*?}", pages.STYLE)]
    assert len(schemes) == 2
    for colours in schemes:
        back = luminance(colours["back"])
        for name in ("ink", "soft", "mark"):
            dim, bright = sorted((luminance(colours[name]), back))
            assert (bright + 0.05) / (dim + 0.05) >= 4.5, f"{name} on {colours['back']}"


def test_the_pages_have_a_language_a_title_one_heading_and_a_picture_in_words(
    service: Started, client: Client
):
    client.submit(job := key(), order(seconds=2.5))
    page = httpx.get(ended(client, job).plot_page).text
    for part in (
        '<html lang="en">',
        f"<title>Progress and bill: {job}</title>",
        'role="img"',
        'aria-label="Progress',
    ):
        assert part in page
    assert page.count("<h1>") == page.count("<main>") == 1
