// What happens on the page "decide" when somebody answers? Questions that cannot change the verdict go away, the verdict
// and its reasons appear, and the address keeps the answers. Without this file the page has the table.
"use strict";

(() => {
  const place = document.getElementById("decide");
  const guide = JSON.parse(document.getElementById("decide-guide").textContent);
  const form = place.querySelector("form");
  const table = document.getElementById("decide-table");
  const kind = (id) => guide.kinds.find((each) => each.id === id);

  // Make an element of strings and elements; what is between backticks in a string becomes code.
  function make(tag, ...content) {
    const element = document.createElement(tag);
    for (const part of content) {
      if (typeof part !== "string") element.append(part);
      else part.split("`").forEach((piece, n) => element.append(n % 2 ? make("code", piece) : piece));
    }
    return element;
  }

  function link([address, text]) {
    const element = make("a", text);
    element.href = address;
    return element;
  }

  const given = (names, answers) => names.map((name) => `${name}=${answers[name]}`).join(", ");

  function read() {
    return Object.fromEntries([...new FormData(form)].filter(([, answer]) => answer !== ""));
  }

  function write(answers) {
    form.reset();
    for (const [name, answer] of Object.entries(answers)) form.elements[name].value = answer;
  }

  // The sentences of the box at the bottom.
  function now(found, answers) {
    const { remaining, open, ways } = found;
    if (remaining.length === 0) {
      const line = ([id, wishes]) => make("p", `${kind(id).name} is possible if you give up ${given(wishes, answers)}.`);
      return [make("p", make("strong", "No kind fits: the answers contradict each other")), ...ways.map(line)];
    }
    const first = kind(remaining[0]);
    if (Object.keys(answers).length === 0) return [make("p", "Answer the first question. Nothing leaves this page.")];
    const so = open.length === 0 ? "Take: " : "So far: ";
    const lines = [make("p", make("strong", so + first.name), " ", first.take, " (", link(first.page), ")")];
    if (remaining.length > 1) {
      const others = remaining.slice(1).map((id) => kind(id).name).join(", ");
      lines.push(make("p", `Possible too: ${others}. ${first.name} is cheaper: ${first.cheapest}.`));
    }
    if (open.length) lines.push(make("p", `Questions that can still change it: ${open.length}.`));
    return lines;
  }

  // What is ruled out, and why.
  function why(found, answers) {
    return guide.kinds.filter((each) => found.against[each.id].length).flatMap((each) => {
      const reasons = found.against[each.id].map((rule) => {
        const links = rule.evidence.flatMap((evidence) => [" (", link(evidence), ")"]);
        return make("li", `\`${given(Object.keys(rule.when), answers)}\`: ${rule.because}`, ...links);
      });
      return [make("h3", `Ruled out: ${each.name}`), make("ul", ...reasons)];
    });
  }

  function show() {
    const answers = read();
    const found = globalThis.decide.outcome(guide, answers);
    for (const set of form.querySelectorAll("fieldset")) {
      set.hidden = !(set.dataset.question in answers) && !found.open.includes(set.dataset.question);
    }
    document.getElementById("decide-now").replaceChildren(...now(found, answers));
    document.getElementById("decide-why").replaceChildren(...why(found, answers));
    return answers;
  }

  function keep(answers) {
    const fragment = new URLSearchParams(answers).toString();
    history.replaceState(null, "", fragment ? `#${fragment}` : location.pathname + location.search);
  }

  function fromAddress() {
    if (location.hash.includes("=")) write(globalThis.decide.fromFragment(guide, location.hash));
    show();
  }

  form.addEventListener("change", () => keep(show()));
  form.addEventListener("reset", () => setTimeout(() => keep(show())));
  form.addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("hashchange", fromAddress);
  window.addEventListener("beforeprint", () => { table.open = true; });
  place.hidden = false;
  document.querySelector(".decide-plain").hidden = true;
  table.open = false;
  fromAddress();
})();
