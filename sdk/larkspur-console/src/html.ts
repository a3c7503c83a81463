// How does text that somebody else wrote get into a page without becoming part of it?
//
// By one door: `html` escapes every value that it is given, unless `html` made the value. So forgetting to escape is
// not possible; a task's name or a link's address is text, whatever it looks like.

/** HTML that is safe to insert; only `html` makes it. */
export class Html {
  private constructor(readonly text: string) {}

  /** For `html` alone: takes the text as it is. */
  static unescaped(text: string): Html {
    return new Html(text);
  }
}

export type Part = string | number | Html | undefined | readonly Part[];

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Returns the text with everything escaped that means something to HTML, in content and in quoted attributes. */
export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? "");
}

/** A template tag: html`<b>${name}</b>`. Attributes must be quoted. Nothing is written for undefined. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  const text = strings.map((string, index) => string + write(parts[index])).join("");
  return Html.unescaped(text);
}

function write(part: Part): string {
  if (part === undefined) return "";
  if (part instanceof Html) return part.text;
  if (typeof part === "object") return part.map(write).join("");
  return escape(String(part));
}

/** Returns the address if a browser may be sent to it: http and https, and nothing that runs a script. */
export function webAddress(uri: string): string | undefined {
  try {
    const url = new URL(uri);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : undefined;
  } catch {
    return undefined;
  }
}
