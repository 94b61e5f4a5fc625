// The designer of questionnaires. Without this script every step is a form that is sent.
(() => {
  const summary = document.querySelector(".summary[tabindex]");
  if (summary) summary.focus();

  // Of the fields for a new item, only those that its kind has.
  const fit = (form) => {
    const kind = form.elements.kind.value;
    for (const field of form.querySelectorAll("[data-for]")) field.hidden = !field.dataset.for.split(" ").includes(kind);
  };
  const fitAll = () => document.querySelectorAll("form[data-add]").forEach(fit);
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-add]");
    if (form) fit(form);
    const clause = event.target.closest(".clause");
    if (clause) compare(clause);
  });

  // A value is compared with only where something is measured.
  const compare = (clause) => {
    const [what, is] = clause.querySelectorAll("select");
    const measured = what.value && !what.value.includes("=") && !["answered", "blank"].includes(is.value);
    clause.querySelector("input").closest(".question").hidden = !measured;
  };
  const compareAll = () => document.querySelectorAll(".clause").forEach(compare);

  // To the line of the JSON that a finding names.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-line]");
    if (!link) return;
    event.preventDefault();
    const area = document.getElementById("text");
    const lines = area.value.split("\n");
    const line = Number(link.dataset.line) - 1;
    const from = lines.slice(0, line).reduce((sum, text) => sum + text.length + 1, 0);
    area.focus();
    area.setSelectionRange(from, from + (lines[line] ?? "").length);
    area.scrollTop = Math.max(0, (area.scrollHeight / lines.length) * (line - 5));
  });

  const designer = document.querySelector("[data-designer]");
  fitAll();
  compareAll();
  if (!designer) return;
  const here = designer.dataset.designer;

  // A step is taken without leaving the page: what it answers comes in place of what is shown, the sample is loaded anew.
  const take = async (action, body, focus) => {
    const response = await fetch(action, { method: "POST", body, headers: { accept: "text/html" } });
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    const list = fresh.querySelector(".designer > .stack-wide");
    // Another page, or one that only says something: it is opened as it is.
    if (!list || (response.ok && new URL(response.url).pathname !== location.pathname)) return response;
    const open = [...designer.querySelectorAll("details[open] > summary")].map((summary) => summary.textContent);
    designer.querySelector(".stack-wide").replaceWith(list);
    for (const summary of list.querySelectorAll("details > summary")) {
      if (open.includes(summary.textContent) && !summary.parentElement.querySelector("[data-add]")) summary.parentElement.open = true;
    }
    fitAll();
    compareAll();
    ready();
    const frame = designer.querySelector("[data-sample]");
    const source = fresh.querySelector("[data-sample]")?.getAttribute("src");
    if (frame && source && source !== frame.getAttribute("src")) frame.src = source;
    else frame?.contentWindow.location.reload();
    const said = list.querySelector(".summary[tabindex]") ?? (focus && list.querySelector(focus));
    if (said) said.focus();
    return null;
  };

  // As without this script, with the button that was pressed.
  const send = (form, submitter) => {
    if (submitter?.name) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: submitter.name, value: submitter.value }));
    form.submit();
  };

  designer.addEventListener("submit", async (event) => {
    const { submitter, target: form } = event;
    const action = form.getAttribute("action");
    if (action !== here) return;
    event.preventDefault();
    const fields = new FormData(form, submitter);
    const body = new URLSearchParams(fields);
    const focus = submitter?.value ? `button[value="${CSS.escape(submitter.value)}"]` : null;
    try {
      const elsewhere = await take(action, body, focus);
      if (!elsewhere) return;
      if (elsewhere.ok) location.assign(elsewhere.url);
      else send(form, submitter);
    } catch {
      send(form, submitter);
    }
  });

  // Items are drawn to another place with the pointer; the buttons beside them do the same by keyboard.
  let dragged = null;
  const ready = () => {
    for (const item of designer.querySelectorAll("ol[data-list] > .item")) item.draggable = true;
  };
  const clear = () => designer.querySelectorAll(".target").forEach((mark) => mark.classList.remove("target"));
  designer.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("ol[data-list] > .item");
    if (!dragged) return;
    dragged.classList.add("dragged");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.item);
  });
  designer.addEventListener("dragover", (event) => {
    const page = event.target.closest?.("[data-page]");
    if (!dragged || !page) return;
    event.preventDefault();
    clear();
    (event.target.closest("ol[data-list] > .item") ?? page.querySelector("ol[data-list]")).classList.add("target");
  });
  designer.addEventListener("dragend", () => {
    dragged?.classList.remove("dragged");
    dragged = null;
    clear();
  });
  designer.addEventListener("drop", (event) => {
    const page = event.target.closest?.("[data-page]");
    if (!dragged || !page) return;
    event.preventDefault();
    const before = event.target.closest("ol[data-list] > .item");
    const body = new URLSearchParams(new FormData(document.getElementById("do")));
    body.set("edit", "move_item");
    body.set("item", dragged.dataset.item);
    if (before && before !== dragged) body.set("before", before.dataset.item);
    else body.set("page", page.dataset.page);
    if (before !== dragged) take(here, body, `[data-item="${CSS.escape(dragged.dataset.item)}"] a`);
    clear();
  });
  ready();
})();
