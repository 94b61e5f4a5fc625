// Saves a questionnaire page as it is filled in. Without this script the page works with its buttons.
(() => {
  // Where something is to be put right, begin there.
  const summary = document.querySelector(".summary[tabindex]");
  if (summary && !location.hash) summary.focus();

  // What was handed in need not stay on this device.
  const done = document.querySelector("[data-handed-in]")?.dataset.handedIn;
  if (done) {
    try {
      Object.keys(localStorage).filter((key) => key.startsWith(`meguri ${done}/`)).forEach((key) => localStorage.removeItem(key));
    } catch {
      // There is no storage.
    }
  }

  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const status = document.querySelector("[data-saved]");
  const elsewhere = document.querySelector("[data-elsewhere]");
  const questions = form.querySelector("[data-questions]");
  const kept = `meguri ${location.pathname}`;
  const words = document.documentElement.lang === "en" ? {
    saving: "Saving…",
    saved: "Saved",
    away: "No connection. Your input stays on this page and will be saved as soon as there is one.",
    refused: "Could not be saved.",
    closed: "The survey has closed. What you typed is kept as a draft.",
    elsewhere: "Changed on another device: ",
    both: "Answered differently on another device (choose one): ",
    left: (n) => (n < 0 ? `${-n} characters too many` : `${n} characters left`),
    unsent: "The file has not been sent yet.",
  } : {
    saving: "保存しています…",
    saved: "保存しました",
    away: "電波が届きません。つながりしだい保存します。入力はこの画面に残っています。",
    refused: "保存できませんでした。",
    closed: "受付は終わりました。入力した内容は、下書きとして残っています。",
    elsewhere: "別の端末や画面で、答えが変わりました：",
    both: "別の端末や画面でも答えられています（どちらかを選んでください）：",
    left: (n) => (n < 0 ? `${-n}字多すぎます` : `あと${n}字`),
    unsent: "ファイルはまだ送られていません。",
  };
  let timer = 0;
  let changes = 0; // counts what was typed
  let saved = 0; // how much of it the server has
  let saving = null; // the save under way
  let going = false; // the form is leaving the page

  const base = form.elements._base;
  const say = (text, kind = "") => {
    status.textContent = text;
    status.className = `saved ${kind}`;
  };

  // What the server does not have yet also survives the closing of this page, with what it was filled in on.
  const fields = () => [...new FormData(form)].filter(([name, value]) => !name.startsWith("_") && typeof value === "string");
  const keep = () => {
    try {
      localStorage.setItem(kept, JSON.stringify({ base: base.value, fields: fields() }));
    } catch {
      // Too much for the browser, or no storage: the page itself still has it.
    }
  };
  const forget = () => {
    try {
      localStorage.removeItem(kept);
    } catch {
      // There is no storage.
    }
  };
  const lost = () => {
    try {
      return JSON.parse(localStorage.getItem(kept));
    } catch {
      return null;
    }
  };
  const restore = () => {
    const found = lost();
    if (!found?.fields) return;
    base.value = found.base;
    for (const input of form.querySelectorAll("[name]:not([type=hidden]):not([type=file]):not(button)")) {
      const own = found.fields.filter(([name]) => name === input.name).map(([, value]) => value);
      if (input.type === "radio" || input.type === "checkbox") input.checked = own.includes(input.value);
      else if (own.length) input.value = own[0];
    }
    later(0);
  };

  // "saved", "refused" by the server, or "away".
  const send = async () => {
    const upTo = changes;
    say(words.saving);
    try {
      const body = new URLSearchParams(fields());
      body.set("_shown", form.elements._shown.value);
      body.set("_base", base.value);
      const response = await fetch(form.dataset.autosave, { method: "POST", body, keepalive: String(body).length < 60000 });
      const answer = await response.json();
      if (response.status >= 500) {
        say(answer.message ?? words.away, "away");
        later(10000, false);
        return "away";
      }
      if (!response.ok) {
        say(words.refused + (answer.message ?? ""), "refused");
        return "refused";
      }
      const others = [...answer.elsewhere, ...answer.both];
      if (answer.more || others.length) await refresh(answer);
      base.value = answer.base;
      tell(answer);
      saved = upTo;
      if (answer.closed) say(words.closed, "away");
      else if (saved === changes) {
        forget();
        say(words.saved);
      }
      return "saved";
    } catch {
      say(words.away, "away");
      later(5000, false);
      return "away";
    }
  };

  // One save at a time, so that the newest arrives last.
  const save = async () => {
    window.clearTimeout(timer);
    while (saving) await saving;
    saving = send();
    const outcome = await saving;
    saving = null;
    return outcome;
  };

  const later = (delay, typed = true) => {
    if (typed) {
      changes += 1;
      keep();
    }
    window.clearTimeout(timer);
    timer = window.setTimeout(save, delay);
  };

  // What another device has changed is put in; where both have answered, the other answer is put beside.
  const refresh = async ({ elsewhere: changed, both }) => {
    const response = await fetch(location.pathname);
    if (!response.ok) throw new Error("no page");
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    let after = null;
    for (const question of fresh.querySelectorAll("[data-question]")) {
      const { question: name } = question.dataset;
      let here = questions.querySelector(`[data-question="${CSS.escape(name)}"]`);
      if (!here) {
        after ? after.after(question) : questions.prepend(question);
        here = question;
      } else if (changed.some((item) => item.name === name)) {
        here.replaceWith(question);
        here = question;
      } else if (both.some((item) => item.name === name)) {
        here.querySelectorAll("[data-other]").forEach((other) => other.remove());
        here.prepend(...question.querySelectorAll("[data-other]"));
      }
      after = here;
    }
    enhance();
    // What could not be put in, the page shows when it is sent.
    const shown = fresh.querySelector("[name=_shown]").value.split(" ");
    form.elements._shown.value = shown.filter((name) => form.elements[name]).join(" ");
  };

  const tell = ({ elsewhere: changed, both }) => {
    const said = [[words.elsewhere, changed], [words.both, both]].filter(([, items]) => items.length);
    if (!said.length) return;
    elsewhere.hidden = false;
    elsewhere.textContent = said.map(([what, items]) => what + items.map((item) => item.title).join("、")).join("\n");
  };

  // Characters that are left, told apart from those that are too many. A line end counts as one.
  const count = (text) => {
    const left = Number(text.dataset.limit) - [...text.value].length;
    let told = text.parentElement.querySelector(".left");
    if (!told) {
      told = document.createElement("p");
      told.className = "help left";
      text.after(told);
    }
    told.textContent = words.left(left);
    told.classList.toggle("over", left < 0);
  };
  const enhance = () => form.querySelectorAll("textarea[data-limit]").forEach(count);

  // An option that excludes the others takes them back, and they it.
  const exclude = (chosen) => {
    if (chosen.type !== "checkbox" || !chosen.checked) return;
    const group = [...form.querySelectorAll("[type=checkbox]")].filter((other) => other.name === chosen.name);
    const alone = "exclusive" in chosen.dataset;
    for (const other of group) {
      if (other !== chosen && (alone || "exclusive" in other.dataset)) other.checked = false;
    }
  };

  form.addEventListener("change", (event) => {
    const { target } = event;
    if (target.type === "file") {
      // A file that was chosen is sent at once.
      if (target.files.length) form.requestSubmit(target.parentElement.querySelector("[data-files]"));
      return;
    }
    exclude(target);
    later(0);
  });
  form.addEventListener("input", (event) => {
    const { target } = event;
    if (target.matches("textarea[data-limit]")) count(target);
    if (target.matches("textarea, [type=text]")) later(800);
  });
  window.addEventListener("online", () => saved < changes && save());
  document.addEventListener("visibilitychange", () => document.hidden && saved < changes && !going && save());

  // The page is left only after its last save has arrived: what cannot be sent or is refused stays, with all that
  // was typed.
  form.addEventListener("submit", async (event) => {
    if (going || (saved === changes && !saving && navigator.onLine)) return;
    event.preventDefault();
    const { submitter } = event;
    if ((await save()) !== "saved") return;
    going = true;
    form.requestSubmit(submitter);
  });

  window.addEventListener("pageshow", () => (going = false));

  enhance();
  restore();
})();
