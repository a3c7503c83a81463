// Where on a page do views go? Into each element with `data-task-view`, from the JSON in it.
//
// Of a run with several answers the reader chooses the moment, and whose eyes to look with: all answers, or Flyte's.

import { asRun, kept, type Answer, type Run } from "./answers";
import { html } from "./html";
import { render } from "./render";

function show(place: HTMLElement, number: number): void {
  const data = place.querySelector('script[type="application/json"]')?.textContent ?? "";
  try {
    const run = asRun(JSON.parse(data));
    const view = document.createElement("div");
    const moments = run.answers.length > 1 ? chooser(run, view, number) : undefined;
    if (!moments) view.innerHTML = render(run.task, run.answers).text;
    place.replaceChildren(...(moments ? [moments] : []), view);
  } catch (error) {
    const words = html`<p class="tv-unknown" role="alert">This view cannot be shown: ${String(error)}</p>`;
    place.insertAdjacentHTML("beforeend", words.text);
  }
  place.dataset["taskView"] = "shown";
}

/** Returns the controls, which fill the view now and whenever one of them is moved. */
function chooser(run: Run, view: HTMLElement, number: number): HTMLFormElement {
  const form = document.createElement("form");
  const end = run.answers.at(-1)?.seconds ?? 0;
  const name = `task-view-${number}`;
  form.innerHTML = html`<fieldset><legend>Show</legend>
      <label><input type="radio" name="${name}" value="all" checked /> all that the connector has answered</label>
      <label><input type="radio" name="${name}" value="kept" /> what Flyte 1 keeps of it</label></fieldset>
    <label for="${name}">after</label> <output for="${name}"></output>
    <input id="${name}" type="range" min="0" max="${end}" step="0.1" value="${end}" />`.text;
  const range = form.querySelector<HTMLInputElement>("input[type=range]");
  const output = form.querySelector("output");
  const fill = (): void => {
    const now = Number(range?.value ?? end);
    const flyte = form.querySelector<HTMLInputElement>("input[value=kept]")?.checked === true;
    const answers: readonly Answer[] = run.answers.filter(({ seconds }) => seconds <= now);
    if (output) output.value = `${now.toFixed(1)} s`;
    range?.setAttribute("aria-valuetext", `${now.toFixed(1)} seconds`);
    view.innerHTML = render(run.task, flyte ? kept(answers) : answers, now).text;
  };
  form.addEventListener("input", fill);
  form.addEventListener("submit", (event) => event.preventDefault());
  fill();
  return form;
}

document.querySelectorAll<HTMLElement>("[data-task-view]").forEach(show);
