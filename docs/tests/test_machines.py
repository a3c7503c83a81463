"""Does a program read what a reader sees: the rendered code, whole, with its tabs?"""

from __future__ import annotations

import as_markdown
import machines
import pytest

CODE = '<div class="highlight-go notranslate"><div class="highlight"><pre tabindex="0"><span></span>'
CODE += '<span class="kd">func</span> f() {\n\treturn &lt;-c\n}\n</pre></div></div>'


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<h2>Title<a class='headerlink' href='#t'>¶</a></h2>", "## Title"),
        ("<p>one\n<em>two</em> <code><span class='pre'>x  y</span></code></p>", "one *two* `x y`"),
        ("<p><code>a`b</code></p>", "`` a`b ``"),
        (CODE, "```go\nfunc f() {\n\treturn <-c\n}\n```"),
        ("<pre>```\nx\n```</pre>", "````\n```\nx\n```\n````"),
        ("<ul><li><p>one</p></li><li><p>two</p><ul><li>three</li></ul></li></ul>", "- one\n- two\n  - three"),
        ("<ol><li>one</li><li>two</li></ol>", "1. one\n2. two"),
        (
            "<table><tr><th>a</th><th>b</th></tr><tr><td><p>1 | 2</p></td><td>3</td></tr></table>",
            "| a | b |\n|---|---|\n| 1 \\| 2 | 3 |",
        ),
        ("<dl><dt><code>make</code></dt><dd><p>does it</p></dd></dl>", "**`make`** does it"),
        ("<div><p>one</p><nav>map</nav><svg><title>A chain</title></svg></div>", "one\n\n(Picture: A chain)"),
        ("<ul><li><p>so:</p><pre>x\n  y\n</pre></li></ul>", "-\n\nso:\n\n```\nx\n  y\n```"),
        ("<table><tr><td>a</td><td><pre>x</pre></td></tr></table>", "| a |  |\n|---|---|\n\n```\nx\n```"),
        ("<!-- no --><p>a</p>", "a"),
        ("<p><code>a/<wbr>b</code><code>c</code> d (<a href='../x.html'><span></span></a>)</p>",
         "`a/b` `c` d ([x.html](x.html))"),
        ("<p><a href='../start.html#x'>s</a> <a href='https://a.example/'>t</a> <a href='#here'>h</a></p>",
         "[s](start.html#x) [t](https://a.example/) [h](plugin/spec.html#here)"),
    ],
)  # fmt: skip
def test_html_becomes_markdown(html: str, text: str):
    assert as_markdown.markdown(html, "plugin/spec") == f"{text}\n"


def test_a_code_block_that_is_missing_is_found():
    text = as_markdown.markdown(CODE, "a")
    assert list(machines.missing(CODE, text)) == []
    assert list(machines.missing(CODE, text.replace("\t", "    "))) == ["func f() {\n\treturn <-c\n}"]


def test_a_page_is_listed_with_its_first_sentence():
    text = "# Title\n\n| a |\n|---|\n\nOne [link](a.html) here. And more.\n"
    assert machines.question(text) == "One link here."
    assert machines.question("# Title\n\n**You have:** a\n\n**At the end:** You know b.\n") == "You know b."
    assert machines.question("# Title\n") == ""
