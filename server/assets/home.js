// Keeps the numbers of responses on the home page as they are now. Without it they are as of the page's opening.
(() => {
  const list = document.querySelector("[data-rates]");
  if (!list) return;
  const EVERY = 30_000;

  const show = (survey) => {
    const card = list.querySelector(`[data-survey="${CSS.escape(survey.id)}"]`);
    if (!card) return;
    card.querySelector("[data-answered]").textContent = survey.answered;
    card.querySelector("[data-asked]").textContent = survey.asked;
    card.querySelector("[data-rate]").textContent = survey.rate ? `（${survey.rate}%）` : "";
    const bar = card.querySelector("progress");
    bar.max = survey.asked;
    bar.value = survey.answered;
  };

  const look = async () => {
    if (document.hidden) return;
    try {
      const response = await fetch(list.dataset.rates, { headers: { Accept: "application/json" } });
      // Signed out in the meantime: the page stays as it is.
      if (response.ok) (await response.json()).forEach(show);
    } catch {
      // Without a connection the numbers stay; the next turn looks again.
    }
  };

  window.setInterval(look, EVERY);
  document.addEventListener("visibilitychange", look);
})();
