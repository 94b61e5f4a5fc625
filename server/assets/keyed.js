// Makes keyed entry quick: Enter goes to the next input, and the options that a number means are marked.
(() => {
  const summary = document.querySelector(".summary[tabindex]");
  if (summary && !location.hash) summary.focus();

  const form = document.querySelector("form[data-keyed]");
  if (!form) return;
  const lines = [...form.querySelectorAll(".line input[type=text], .line textarea")];

  const half = (text) => text.normalize("NFKC");
  const mark = (input) => {
    const numbers = half(input.value).split(/[^0-9]+/).filter(Boolean).map(Number);
    const options = input.closest(".answer").querySelectorAll("[data-number]");
    for (const option of options) option.toggleAttribute("data-typed", numbers.includes(Number(option.dataset.number)));
  };

  form.addEventListener("input", (event) => {
    const input = event.target;
    if (!input.matches("[data-options]")) return;
    mark(input);
  });

  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    const place = lines.indexOf(event.target);
    if (place < 0 || event.target.matches("textarea")) return;
    event.preventDefault();
    const next = lines[place + 1] ?? form.querySelector("#note");
    next.focus();
    next.select?.();
  });

  form.querySelectorAll("[data-options]").forEach(mark);
  if (!summary && !location.hash) lines[0]?.focus();
})();
