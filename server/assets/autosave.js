// Saves a questionnaire page as it is filled in. Without this script the page works with its buttons.
(() => {
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const status = document.querySelector("[data-saved]");
  let timer = 0;
  let waiting = false;

  const save = async () => {
    waiting = false;
    status.textContent = "保存しています…";
    try {
      const response = await fetch(form.dataset.autosave, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { "x-requested-with": "autosave" },
      });
      if (!response.ok) throw new Error(String(response.status));
      status.textContent = waiting ? "" : "保存しました";
    } catch {
      status.textContent = "まだ保存できていません。つながり次第、保存します。";
      waiting = true;
      timer = window.setTimeout(save, 5000);
    }
  };

  const later = (delay) => {
    waiting = true;
    window.clearTimeout(timer);
    timer = window.setTimeout(save, delay);
  };

  form.addEventListener("change", () => later(0));
  form.addEventListener("input", () => later(800));
  window.addEventListener("online", () => waiting && later(0));
})();
