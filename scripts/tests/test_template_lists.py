"""Is a lock file cut to what its .in file still leads to?"""

from __future__ import annotations

from devkit.template_lists import locked

LOCK = """\
both==1 \\
    --hash=sha256:0
    # via
    #   -r requirements/work.in
    #   gone
    #   left
deep==1 ; python_version < '4' \\
    --hash=sha256:0
    # via
    #   both
    #   gone
gone==1 \\
    --hash=sha256:0
    # via -r requirements/work.in
left==1 \\
    --hash=sha256:0
    # via -r requirements/work.in
only-gones==1 \\
    --hash=sha256:0
    # via gone
"""


def test_what_nothing_leads_to_any_more_goes_and_is_no_reason():
    assert locked(LOCK, "# words\nLeft>=1 # gone\n") == (
        "both==1 \\\n    --hash=sha256:0\n    # via left\n"
        "deep==1 ; python_version < '4' \\\n    --hash=sha256:0\n    # via both\n"
        "left==1 \\\n    --hash=sha256:0\n    # via -r requirements/work.in\n"
    )


def test_what_nothing_is_cut_from_is_the_same():
    assert locked(LOCK, "both\nleft\ngone\n") == LOCK
