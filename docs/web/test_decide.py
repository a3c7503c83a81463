"""Can one decide in a browser: with the keyboard, on a phone, from an address, on paper, and without JavaScript?"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, ViewportSize, expect

PAGE, PHONE = "decide.html", ViewportSize(width=400, height=800)
GO = "exists=no&work=operator&abort=yes&defaults=no&control=no&deploy=service&map=no&latency=minutes&progress=no"
GO += "&retries=anything&languages=go"
NONE = "exists=no&work=operator&abort=yes&progress=yes&deploy=service"
Opened = Callable[..., Page]


def choose(page: Page, question: str, answer: str) -> None:
    page.locator(f'input[name="{question}"][value="{answer}"]').check()


def shown(page: Page) -> list[str]:
    """Return the questions that one sees."""
    sets = page.locator("#decide fieldset").all()
    return [str(each.get_attribute("data-question")) for each in sets if each.is_visible()]


def test_answers_lead_to_a_verdict_with_reasons_and_links_to_what_shows_them(open_page: Opened) -> None:
    page = open_page(PAGE)
    now = page.locator("#decide-now")
    assert page.locator(".decide-plain").is_hidden()
    assert shown(page) == ["exists"]
    choose(page, "exists", "no")
    assert "abort" in shown(page)
    choose(page, "work", "pod")
    expect(now).to_contain_text("Take: SDK only")
    assert shown(page) == ["exists", "work"], "what cannot change the verdict is not asked"
    choose(page, "work", "operator")
    choose(page, "abort", "yes")
    why = page.locator("#decide-why")
    expect(why).to_contain_text("Ruled out: SDK only")
    link = why.get_by_role("link", name="What goes on after an abort")
    link.click()
    assert page.url.endswith("abort-experiment.html")


def test_an_address_keeps_the_answers(open_page: Opened, site: str) -> None:
    page = open_page(f"{PAGE}#{GO}")
    expect(page.locator("#decide-now")).to_contain_text("Take: Go connector")
    choose(page, "map", "yes")
    assert "map=yes" in page.url
    other = open_page(page.url.removeprefix(f"{site}/"))
    assert other.locator("#decide-now").inner_text() == page.locator("#decide-now").inner_text()
    expect(other.locator("#decide-now")).to_contain_text("Go connector is possible if you give up map=yes.")


def test_a_contradiction_says_what_to_give_up(open_page: Opened) -> None:
    page = open_page(f"{PAGE}#{NONE}")
    now = page.locator("#decide-now")
    expect(now).to_contain_text("No kind fits")
    expect(now).to_contain_text("Go connector is possible if you give up progress=yes.")
    assert sorted(shown(page)) == sorted(pair.partition("=")[0] for pair in NONE.split("&"))


def test_begin_again_forgets_everything(open_page: Opened) -> None:
    page = open_page(f"{PAGE}#{NONE}")
    page.get_by_role("button", name="Begin again").click()
    expect(page.locator("#decide-now")).to_contain_text("Answer the first question")
    assert shown(page) == ["exists"]
    assert "#" not in page.url


def test_the_keyboard_is_enough(open_page: Opened) -> None:
    page = open_page(PAGE)
    page.locator('input[name="exists"]:checked').focus()
    page.keyboard.press("ArrowUp")  # from "not answered", the last one, to "yes"
    expect(page.locator("#decide-now")).to_contain_text("Take: Flyte's own plugin")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.name + '=' + document.activeElement.value") == "exists=no"
    for _ in range(9):  # over the links that show why it is asked
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "work":
            break
    page.keyboard.press("ArrowDown")
    assert "work=pod" in page.url


def test_what_has_the_focus_is_never_under_the_box_at_the_bottom(open_page: Opened) -> None:
    page = open_page(f"{PAGE}#exists=no&work=operator&abort=yes")
    page.locator('input[name="exists"]:checked').focus()
    seen = 0
    while page.evaluate("document.activeElement.closest('#decide form') !== null"):
        page.wait_for_function(  # the page scrolls smoothly
            "document.activeElement.getBoundingClientRect().bottom"
            " <= document.getElementById('decide-now').getBoundingClientRect().top",
            timeout=5000,
        )
        seen += 1
        page.keyboard.press("Tab")
    assert seen > 20


def test_a_screen_reader_hears_questions_verdicts_and_the_chart(open_page: Opened) -> None:
    page = open_page(PAGE)
    group = page.get_by_role("group", name="Does Flyte have a plugin for it already?")
    assert group.get_by_role("radio").count() == 3
    assert page.get_by_role("status").count() == 1
    chart = page.get_by_role("img", name="Five kinds of plugin")
    described = chart.get_attribute("aria-describedby")
    assert "it stops: SDK only" in (page.locator(f"#{described}").text_content() or "")


def test_without_javascript_the_table_is_open_and_the_form_is_not_there(open_page: Opened) -> None:
    page = open_page(PAGE, java_script_enabled=False)
    assert page.locator("#decide").is_hidden()
    assert page.locator("table.decide-rules").is_visible()
    assert page.locator(".decide-plain").is_visible()


def test_on_paper_the_table_is_there_and_the_form_is_not(open_page: Opened) -> None:
    page = open_page(PAGE)
    assert page.locator("table.decide-rules").is_hidden()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator("table.decide-rules").is_visible()
    assert page.locator("#decide").is_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_is_cut_off(open_page: Opened, scheme: str) -> None:
    page = open_page(f"{PAGE}#{NONE}", viewport=PHONE, color_scheme=scheme)
    page.locator("#decide-table summary").click()
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE["width"]
    for part in ("#decide", "table.decide-rules"):
        box = page.locator(part).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"], part


def test_texts_of_the_chart_stay_in_their_boxes_and_off_the_lanes(open_page: Opened) -> None:
    page = open_page(PAGE)
    outside = page.eval_on_selector(
        ".decide-chart",
        """chart => {
          const rects = [...chart.querySelectorAll("rect")].map((rect) => rect.getBBox());
          const inside = (box, rect) => box.x >= rect.x && box.x + box.width <= rect.x + rect.width;
          const over = (box, rect) => Math.abs(box.x + box.width / 2 - rect.x - rect.width / 2) < 1
            && box.y + box.height / 2 > rect.y && box.y + box.height / 2 < rect.y + rect.height;
          return [...chart.querySelectorAll("text")].filter((text) => {
            const box = text.getBBox();
            if (text.getAttribute("text-anchor") === "start") return box.x + box.width > 254;
            const around = rects.find((rect) => over(box, rect));
            return around ? !inside(box, around) : box.width > 106;
          }).map((text) => text.textContent);
        }""",
    )
    assert outside == []
