"""Does the view of a task work in a real browser: on a desk and a phone, by keyboard, without scripts, and unharmed?"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

RECORD = json.loads(
    (Path(__file__).resolve().parents[1] / "records" / "console.json").read_text(encoding="utf-8")
)
HOSTILE = '"><img src=x onerror="window.harmed=1"><script>window.harmed=1</script>'
Open = Callable[..., Page]
# The contrast of every text with what is behind it, by the formula of WCAG 2.
CONTRAST = """all => Math.min(...all.map(element => {
  const rgb = color => color.match(/[\\d.]+/g).map(Number);
  const light = color => { const part = value => { value /= 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4 };
    const [r, g, b] = rgb(color); return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b) };
  let behind = element;
  while (behind.parentElement && rgb(getComputedStyle(behind).backgroundColor)[3] === 0) behind = behind.parentElement;
  const [a, b] = [light(getComputedStyle(element).color), light(getComputedStyle(behind).backgroundColor)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}))"""


def test_the_recorded_run_is_shown(open_page: Open) -> None:
    view = open_page("console.html").locator("[data-task-view]").first
    last = RECORD["answers"][-1]["resource"]
    assert view.locator(".tv-head code").inner_text() == RECORD["task"]["type"]
    assert view.locator(".tv-head .tv-badge").inner_text() == last["phase"]
    assert view.locator("progress").get_attribute("value") == str(round(last["customInfo"]["succeeded"]))
    shown = view.locator(".tv-links a").evaluate_all("all => all.map(a => [a.textContent, a.href])")
    assert shown == [[link["name"], link["uri"]] for link in last["logLinks"]]
    phases = list(dict.fromkeys(answer["resource"]["phase"] for answer in RECORD["answers"]))
    assert view.locator(".tv-phases .tv-badge").all_inner_texts() == phases


def test_the_keyboard_alone_shows_what_flyte_keeps_at_any_moment(open_page: Open) -> None:
    """Two workers had ended and all four had links; to Flyte's user there were two links and no worker had ended."""
    moment = next(it for it in RECORD["answers"] if 0 < it["resource"]["customInfo"]["succeeded"] < 4)
    page = open_page("console.html")
    view = page.locator("[data-task-view]").first
    view.get_by_label("after").focus()
    for _ in range(round((RECORD["answers"][-1]["seconds"] - moment["seconds"]) * 10)):
        page.keyboard.press("ArrowLeft")
    assert f"after {moment['seconds']:.1f} s" in view.inner_text()
    ended = round(moment["resource"]["customInfo"]["succeeded"])
    assert f"{ended} of 4 workers have succeeded" in view.inner_text()
    assert view.locator(".tv-links a").count() == len(moment["resource"]["logLinks"])
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowDown")
    assert view.get_by_label("what Flyte 1 keeps").is_checked()
    assert "0 of 4 workers have succeeded" in view.inner_text()
    assert view.locator(".tv-links a").count() < len(moment["resource"]["logLinks"])


def test_the_keyboard_alone_opens_the_json(open_page: Open) -> None:
    page = open_page("console.html")
    view = page.locator("[data-task-view]").first
    view.get_by_label("after").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert '"completions": 4' in view.locator("details pre").inner_text()


def test_what_the_view_does_not_know_is_shown_as_json_with_the_reason(open_page: Open) -> None:
    views = open_page("console.html").locator("[data-task-view]")
    spark, newer = views.nth(1).inner_text(), views.nth(2).inner_text()
    assert 'no view for the task type "larkspur_spark"' in spark
    assert '"submissionRetries": 3' in spark
    assert 'has no "gangSize"' in newer
    assert '"gangSize": 2' in newer


def test_without_scripts_there_is_the_json(open_page: Open) -> None:
    page = open_page("console.html", java_script_enabled=False)
    first = page.locator("[data-task-view] noscript").first.text_content() or ""
    assert "runs no scripts" in page.locator("[data-task-view]").first.inner_text(), first
    assert RECORD["task"]["id"]["name"] in page.locator("[data-task-view] noscript pre").first.inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(open_page: Open, scheme: str) -> None:
    page = open_page("console.html", color_scheme=scheme)
    texts = page.locator(
        "[data-task-view] :is(.tv-badge, dt, dd, .tv-time, .tv-said, a, label, legend, summary, p)"
    )
    assert texts.count() > 20
    assert texts.evaluate_all(CONTRAST) >= 4.5


def test_on_a_phone_nothing_is_wider_than_the_screen(open_page: Open) -> None:
    page = open_page("console.html", viewport={"width": 400, "height": 800})
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 400


def test_hostile_data_does_no_harm(open_page: Open) -> None:
    resource = {
        "phase": HOSTILE,
        "message": HOSTILE,
        "customInfo": {HOSTILE: HOSTILE},
        "logLinks": [{"name": HOSTILE, "uri": f"https://logs.example.com/{HOSTILE}"}]
        + [
            {"name": "click", "uri": uri}
            for uri in ("javascript:window.harmed=1", "\tjavascript:window.harmed=1")
        ],
    }
    task = {"type": HOSTILE, "id": {"name": HOSTILE}, "custom": {HOSTILE: HOSTILE}}
    run = {"task": task, "answers": [{"seconds": 0, "resource": resource}]}
    page = open_page("console.html")
    place = "<div data-task-view='waiting'><script type='application/json'></script></div>"
    page.evaluate("place => document.querySelector('article').innerHTML = place", place)
    page.evaluate(
        "run => document.querySelector('[data-task-view] script').textContent = run", json.dumps(run)
    )
    source = page.locator("script[src*='task-view']").get_attribute("src")
    page.add_script_tag(url=source)
    view = page.locator("[data-task-view='shown']")
    assert HOSTILE in view.inner_text()
    assert view.locator("img, script").count() == 0
    assert view.locator("a").evaluate_all("all => all.map(a => a.protocol)") == ["https:"]
    assert page.evaluate("() => window.harmed") is None


def test_data_that_is_no_run_is_said(open_page: Open) -> None:
    page = open_page("console.html")
    page.evaluate(
        """() => { document.querySelector('article').innerHTML =
             `<div data-task-view><script type="application/json">{"task": {"type": 7}}</script></div>`; }"""
    )
    page.add_script_tag(url=page.locator("script[src*='task-view']").get_attribute("src"))
    assert "task.type = 7: must be a text" in page.get_by_role("alert").inner_text()
