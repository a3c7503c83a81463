// Can anybody's text become part of the page?

import assert from "node:assert/strict";
import test from "node:test";
import { escape, html, webAddress } from "../src/html";

test("every value is escaped, in content and in attributes", () => {
  const hostile = `"><img src=x onerror='alert(1)'>&`;
  const safe = "&quot;&gt;&lt;img src=x onerror=&#39;alert(1)&#39;&gt;&amp;";
  assert.equal(escape(hostile), safe);
  assert.equal(html`<a title="${hostile}">${[hostile, 7, undefined]}</a>`.text, `<a title="${safe}">${safe}7</a>`);
});

test("what html made is not escaped again", () => {
  assert.equal(html`<p>${html`<b>${"<"}</b>`}</p>`.text, "<p><b>&lt;</b></p>");
});

test("an object that looks like HTML is not taken for it", () => {
  const forged = { text: "<script>" } as never;
  assert.throws(() => html`${forged}`, /map is not a function/);
});

for (const uri of [
  "javascript:alert(1)",
  "JaVaScRiPt:alert(1)",
  "\u0001 java\nscript:alert(1)",
  "data:text/html,<script>alert(1)</script>",
  "vbscript:x",
  "file:///etc/passwd",
  "/relative",
  "",
]) {
  test(`no link leads to ${JSON.stringify(uri)}`, () => assert.equal(webAddress(uri), undefined));
}

test("links lead to http and https", () => {
  assert.equal(webAddress("https://logs.example.com/a b?x=<1>"), "https://logs.example.com/a%20b?x=%3C1%3E");
  assert.equal(webAddress("http://logs.example.com"), "http://logs.example.com/");
});
