// Building blocks of pages. Text is always set as text, never as markup.

/** Make an element: `h("a", {href}, "text", child, …)`. Properties that begin with "on" are listeners. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** Show a page below the navigation. */
export function show(title, ...children) {
  document.title = `${title} · GigSta, local`;
  document.querySelector("main").replaceChildren(h("h1", {}, title), ...children.flat().filter(Boolean));
}

/** A link to another page of this application, by its path. */
export const link = (path, text) => h("a", { href: window.gigsta.base + path }, text);

export const note = (text, kind = "note") => h("p", { class: kind, role: kind === "bad" ? "alert" : "status" }, text);

/** Why something failed, as the API's problem document tells it. */
export function failure(error) {
  const fields = (error.problem?.errors ?? []).map((each) => `${each.field}: ${each.message}`);
  return note([error.message, ...fields].join(" "), "bad");
}

/** A table of `[name, value]` pairs or, with heads, of rows. */
export function table(rows, heads = null) {
  const head = heads && h("tr", {}, heads.map((text) => h("th", {}, text)));
  const body = rows.map((cells) =>
    h("tr", {}, cells.map((cell, column) => h(heads || column ? "td" : "th", {}, cell ?? "–"))));
  return h("table", {}, head, body);
}

/** A labelled input; `attributes` go to the input. */
export function field(name, label, attributes = {}) {
  return h("label", {}, label, h("input", { name, required: true, ...attributes }));
}

/** A form that runs `submit(values)` and shows its failure; the button waits meanwhile. */
export function form(label, fields, submit, attributes = {}) {
  const answer = h("div", {});
  const button = h("button", {}, label);
  const element = h("form", attributes, fields, button, answer);
  element.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    answer.replaceChildren();
    try {
      const values = Object.fromEntries(new FormData(element));
      const said = await submit(values);
      if (said) answer.replaceChildren(said);
    } catch (error) {
      answer.replaceChildren(failure(error));
    } finally {
      button.disabled = false;
    }
  });
  return element;
}

export const money = (sum) =>
  sum ? new Intl.NumberFormat("en-NZ", { style: "currency", currency: sum.currency }).format(sum.amount / 100) : "–";

/** An instant in a time zone, or in the browser's. */
export const instant = (text, timeZone = undefined) =>
  text ? new Intl.DateTimeFormat("en-NZ", { dateStyle: "medium", timeStyle: "short", timeZone }).format(new Date(text)) : "–";
