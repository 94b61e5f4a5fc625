// The pages of a meeting: dragging lines, the live preview of a paper, the picker of figures, and a warning before
// typed words are lost. Everything works without it, by buttons.
"use strict";

// Lines are dragged where there is a pointer that can; the buttons do the same.
const list = document.querySelector("[data-lines]");
const edit = document.querySelector("[data-agenda]");
if (list && edit && matchMedia("(pointer: fine)").matches) {
  list.dataset.drag = "";
  let taken = null;
  const over = (line) => {
    for (const other of list.querySelectorAll(".over")) other.classList.remove("over");
    line?.classList.add("over");
  };
  for (const line of list.querySelectorAll("[data-line]")) {
    const row = line.querySelector(".line-row");
    row.draggable = true;
    row.addEventListener("dragstart", (event) => {
      taken = line;
      line.classList.add("taken");
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", line.dataset.line);
    });
    row.addEventListener("dragend", () => {
      line.classList.remove("taken");
      over(null);
      taken = null;
    });
    line.addEventListener("dragover", (event) => {
      if (!taken || taken === line) return;
      event.preventDefault();
      // A line stands within another one: the innermost is meant.
      event.stopPropagation();
      over(line);
    });
    line.addEventListener("drop", (event) => {
      if (!taken || taken === line) return;
      event.preventDefault();
      event.stopPropagation();
      edit.elements.line.value = taken.dataset.line;
      edit.elements.before.value = line.dataset.line;
      const act = document.createElement("input");
      Object.assign(act, { type: "hidden", name: "act", value: "place" });
      edit.append(act);
      edit.submit();
    });
  }
}

// The line that was moved is where the focus is, so that the next press of a key moves it on.
if (list && location.hash.startsWith("#line-")) document.querySelector(location.hash)?.focus();

const editor = document.querySelector("[data-editor]");
if (editor) {
  const text = editor.elements.text;
  const shown = editor.querySelector("[data-shown]");
  const picks = editor.querySelector("[data-picks]");
  let waiting = 0;
  let asked = 0;

  const preview = async () => {
    const mine = (asked += 1);
    const body = new URLSearchParams({ _csrf: editor.elements._csrf.value, text: text.value });
    try {
      const answer = await fetch(editor.dataset.preview, { method: "POST", body });
      const html = await answer.text();
      // A slower answer to an earlier text comes too late.
      if (answer.ok && mine === asked) shown.innerHTML = html;
    } catch {
      // Without a connection the last preview stays; saving says so by itself.
    }
  };
  text.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(preview, 500);
  });

  const insert = (link) => {
    text.setRangeText(link, text.selectionStart, text.selectionEnd, "end");
    text.focus();
    text.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const element = (name, words, className) => {
    const made = document.createElement(name);
    made.textContent = words;
    if (className) made.className = className;
    return made;
  };

  const find = async () => {
    const address = `${editor.dataset.figures}?find=${encodeURIComponent(editor.elements.find.value)}`;
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const { picks: found } = await answer.json();
    picks.replaceChildren();
    if (!found.found.length) picks.append(element("p", "見つかりません。言葉を減らすか、別の言葉で探してください。"));
    const items = element("ul", "", "plain picks");
    for (const pick of found.found) {
      const item = element("li", "");
      const head = element("p", `${pick.indicator}　`);
      head.append(element("span", `${pick.area}　${pick.year}`, "quiet"));
      const acts = element("p", "", "actions");
      for (const [what, link] of pick.links) {
        const seen = `${link.slice(1, link.indexOf("]"))}（${what}）`;
        const button = element("button", seen, "small");
        button.type = "button";
        // What is read out begins with what is seen.
        button.setAttribute("aria-label", `${seen}を入れる：${pick.indicator} ${pick.area} ${pick.year}`);
        button.addEventListener("click", () => insert(link));
        acts.append(button);
      }
      item.append(head, acts);
      items.append(item);
    }
    picks.append(items);
  };
  editor.querySelector("button[value=find]").addEventListener("click", (event) => {
    event.preventDefault();
    find();
  });
  editor.elements.find.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    find();
  });
}

// Words that were typed and not saved are not lost by a wrong press.
for (const form of document.querySelectorAll("[data-editor], [data-typed]")) {
  let typed = false;
  form.addEventListener("input", (event) => {
    if (event.target.name !== "find") typed = true;
  });
  form.addEventListener("submit", () => {
    typed = false;
  });
  addEventListener("beforeunload", (event) => {
    if (typed) event.preventDefault();
  });
}
