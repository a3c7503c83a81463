// Which kind of plugin is left, after some answers? What devkit.decide_rules says in Python, for the page "decide".
// docs/tests/test_decide_browser.py holds the two against each other. Questions and rules are docs/decide.toml.
"use strict";

globalThis.decide = (() => {
  const holds = (rule, answers) => Object.entries(rule.when).every(([name, wanted]) => wanted.includes(answers[name]));

  const mayHold = (rule, answers) =>
    Object.entries(rule.when).every(([name, wanted]) => !(name in answers) || wanted.includes(answers[name]));

  // Return the kinds that only wishes rule out, those that cost the fewest wishes first.
  function ways(guide, against) {
    const facts = new Set(guide.questions.filter((question) => question.fact).map((question) => question.id));
    return Object.entries(against)
      .map(([kind, rules]) => [kind, rules.map((rule) => Object.keys(rule.when).find((name) => !facts.has(name)))])
      .filter(([, wishes]) => !wishes.includes(undefined))
      .map(([kind, wishes]) => [kind, [...new Set(wishes)]])
      .sort(([, one], [, other]) => one.length - other.length);
  }

  // Return {remaining, against, open, ways} of answers {question: answer}, as Guide.outcome does.
  function outcome(guide, answers) {
    const rules = guide.questions.flatMap((question) => question.rules);
    const held = rules.filter((rule) => holds(rule, answers));
    const against = {};
    for (const kind of guide.kinds) against[kind.id] = held.filter((rule) => rule.out.includes(kind.id));
    const remaining = Object.keys(against).filter((kind) => against[kind].length === 0);
    const possible = rules.filter((rule) => rule.out.includes(remaining[0]) && mayHold(rule, answers));
    const asked = new Set(possible.flatMap((rule) => Object.keys(rule.when)).filter((name) => !(name in answers)));
    const open = guide.questions.map((question) => question.id).filter((name) => asked.has(name));
    return { remaining, against, open, ways: remaining.length ? [] : ways(guide, against) };
  }

  // Return the answers in an address's fragment, "visibility=links&abort=yes", without those that the guide does not have.
  function fromFragment(guide, fragment) {
    const answers = {};
    for (const [name, answer] of new URLSearchParams(fragment.replace(/^#/, ""))) {
      const question = guide.questions.find((each) => each.id === name);
      if (question && Object.hasOwn(question.answers, answer)) answers[name] = answer;
    }
    return answers;
  }

  return { outcome, fromFragment };
})();
