"""A site of two pages that a robot can follow: what do the tests of `make walk` walk through?"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

SPEC = "// %% Spec: what?\n//\n// Prose.\n\npackage job\n\n// %% More\n\nfunc f() int {\n\treturn 1\n}\n"
NAMES = '# part:job begin\nTASK_TYPE = "job"\n# part:job end\n'
MAIN = b"package main\n\nfunc main() {\n}\n"
CHANGED = b"package main\n\nfunc main() {\n\tf()\n}\n"
TREE = {
    "README.md": b"step 2\n",
    "go/main.go": CHANGED,
    "go/spec.go": SPEC.encode(),
    "go/spec_test.go": b"package job\n",
    "sdk/names.py": NAMES.encode(),
}
PAGES = {"README.md": "b", "go/main.go": "b", "go/spec.go": "b", "go/spec_test.go": "b", "sdk/names.py": "b"}

HTML = '<html><article role="main"><h1>{title}</h1>{body}</article>{foot}</html>'
NEXT = '<a class="next-page" href="{}.html">Next</a>'
CONSOLE = '<div class="command {kind}"><div class="highlight-console"><pre>{text}</pre></div>{note}</div>'
A = """<p>Words of the first page: <code>make demo</code>, and <code>make</code>.</p>
{record}
<div class="along"><p>Save <a class="rest" href="downloads/starter.zip">starter.zip</a>.</p>{begin}</div>"""
SEE = "<div class='station'><dl><dt>You should see:</dt><dd><p><code>ok</code> and <em>passed</em></p></dd></dl></div>"
B = """<p class="source-file">This is the file
<a class="raw-file" href="files/go/spec.go"><code>go/spec.go</code></a>.</p>
<pre>package job
</pre><p>More prose</p><pre><span>func</span> f() int {{
\treturn 1
}}
</pre>
<div class="shown-file"><p><a class="raw-file" href="files/sdk/names.py"><code>sdk/names.py</code></a></p>
<pre>TASK_TYPE = "job"
</pre></div>
<div class="along"><div class="highlight-diff"><pre>--- a/go/main.go
+++ b/go/main.go
@@ -1,4 +1,5 @@
 package main
{blank}
 func main() {{
+\tf()
 }}
</pre></div><a class="rest" href="downloads/rest.zip">rest.zip</a>{take}</div>"""
RECORD = CONSOLE.format(
    kind="record",
    text="$ make demo\nlines\n$ make nothing",
    note='<p class="command-note">Output of a real run, compared again by <code>make e2e</code>, but for times.</p>',
)
BEGIN = "$ python3 -m zipfile -e starter.zip .\n$ mv starter larkspur\n$ cd larkspur\n$ test -f go/main.go"
TAKE = "$ python3 -m zipfile -e ../rest.zip .\n$ test -f go/spec_test.go && echo ok, 1 passed"


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def write(tmp_path: Path) -> Path:
    """A site of two pages, which tell a reader to make TREE."""
    place = tmp_path / "site"
    files = {
        "index.html": HTML.format(title="Book", body="", foot=NEXT.format("a")),
        "a.html": HTML.format(
            title="A", foot=NEXT.format("b"),
            body=A.format(record=RECORD, begin=CONSOLE.format(kind="", text=BEGIN, note="")),
        ),
        "b.html": HTML.format(
            title="B", foot="", body=SEE + B.format(blank=" ", take=CONSOLE.format(kind="", text=TAKE, note=""))
        ),
        "files/go/spec.go": SPEC,
        "files/sdk/names.py": NAMES,
    }  # fmt: skip
    for name, text in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text)
    (place / "downloads").mkdir()
    starter = zipped({"starter/README.md": b"step 1\n", "starter/go/main.go": MAIN})
    (place / "downloads/starter.zip").write_bytes(starter)
    rest = zipped({"README.md": b"step 2\n", "go/spec_test.go": b"package job\n"})
    (place / "downloads/rest.zip").write_bytes(rest)
    return place
