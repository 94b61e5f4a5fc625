// Saves a questionnaire page as it is filled in. Without this script the page works with its buttons.
(() => {
  // Where something is to be put right, begin there.
  const summary = document.querySelector(".summary[tabindex]");
  if (summary && !location.hash) summary.focus();

  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const status = document.querySelector("[data-saved]");
  const kept = `meguri ${location.pathname}`;
  let timer = 0;
  let changes = 0; // counts what was typed
  let saved = 0; // how much of it the server has
  let saving = null; // the save under way
  let going = false; // the form is leaving the page

  const fields = () => [...new FormData(form)].filter(([name]) => !name.startsWith("_"));

  // What the server does not have yet also survives a reload of this tab.
  const keep = () => sessionStorage.setItem(kept, JSON.stringify(fields()));
  const restore = () => {
    const lost = sessionStorage.getItem(kept);
    if (!lost) return;
    const values = JSON.parse(lost);
    for (const input of form.querySelectorAll("[name]:not([type=hidden]):not(button)")) {
      const own = values.filter(([name]) => name === input.name).map(([, value]) => value);
      if (input.type === "radio" || input.type === "checkbox") input.checked = own.includes(input.value);
      else if (own.length) input.value = own[0];
    }
    later(0);
  };

  // "saved", "refused" by the server, or "offline".
  const send = async () => {
    const upTo = changes;
    status.textContent = "保存しています…";
    try {
      const body = new URLSearchParams(new FormData(form));
      const response = await fetch(form.dataset.autosave, { method: "POST", body, keepalive: String(body).length < 60000 });
      if (!response.ok) {
        status.textContent = "保存できませんでした。「次へ進む」を押すと、理由が分かります。";
        return "refused";
      }
      saved = upTo;
      if (saved === changes) {
        sessionStorage.removeItem(kept);
        status.textContent = "保存しました";
      }
      if (response.headers.get("x-questions") === "more") await grow();
      return "saved";
    } catch {
      status.textContent = "つながっていません。入力はこの画面に残っています。つながり次第、保存します。";
      later(5000);
      return "offline";
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

  const later = (delay) => {
    changes += 1;
    keep();
    window.clearTimeout(timer);
    timer = window.setTimeout(save, delay);
  };

  // Answers can bring up questions: they are put in between, what is there stays as it is.
  const grow = async () => {
    const response = await fetch(location.pathname);
    if (!response.ok) return;
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    const list = form.querySelector("[data-questions]");
    let after = null;
    for (const question of fresh.querySelectorAll("[data-question]")) {
      const here = list.querySelector(`[data-question="${CSS.escape(question.dataset.question)}"]`);
      if (!here) after ? after.after(question) : list.prepend(question);
      after = here ?? question;
    }
    // What could not be put in, the page shows when it is sent.
    const shown = fresh.querySelector("[name=_shown]").value.split(" ");
    form.elements._shown.value = shown.filter((name) => form.elements[name]).join(" ");
  };

  form.addEventListener("change", () => later(0));
  form.addEventListener("input", (event) => event.target.matches("textarea, [type=text]") && later(800));
  window.addEventListener("online", () => saved < changes && save());
  document.addEventListener("visibilitychange", () => document.hidden && saved < changes && !going && save());

  // The page is left only after its last save has arrived: without a connection it stays, with all that was typed.
  form.addEventListener("submit", async (event) => {
    if (going || (saved === changes && !saving && navigator.onLine)) return;
    event.preventDefault();
    const { submitter } = event;
    if ((await save()) === "offline") return;
    going = true;
    form.requestSubmit(submitter);
  });

  window.addEventListener("pageshow", () => (going = false));

  restore();
})();
