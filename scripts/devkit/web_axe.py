"""What would a reader with a keyboard or a screen reader stumble over? axe-core, run in a page of a browser."""

from __future__ import annotations

from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Page

SOURCE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]  # of levels A and AA, all that axe knows
SERIOUS = ("serious", "critical")
RUN = """async rules => {
  const found = await axe.run(document, {runOnly: rules, resultTypes: ["violations"]});
  return found.violations.flatMap(rule => rule.nodes.map(node => ({
    rule: rule.id, impact: node.impact ?? rule.impact, help: rule.help,
    target: node.target.flat().join(" "), html: node.html.slice(0, 120)})));
}"""
# Colours on their way from one to another are neither.
STILL = "() => Promise.allSettled(document.getAnimations().map(each => each.finished))"


def serious(page: Page) -> list[str]:
    """Return a sentence for each serious or critical finding in a page as it is shown now.

    Raises RuntimeError when axe found nothing to look at.
    """
    if not page.evaluate("() => 'axe' in window"):
        page.add_script_tag(content=SOURCE.read_text(encoding="utf-8"))
    page.evaluate(STILL)
    if not page.locator("body *").count():
        raise RuntimeError(f"{page.url} is empty: axe would find nothing wrong with it")
    return [
        f"{each['rule']} ({each['impact']}): {each['help']}: {each['target']}: {each['html']}"
        for each in page.evaluate(RUN, RULES)
        if each["impact"] in SERIOUS
    ]
