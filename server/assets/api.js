// Tries what an address answers, as whoever is signed in to the municipality in this browser.
(() => {
  for (const form of document.querySelectorAll("[data-try]")) {
    form.hidden = false;
    const answer = form.querySelector(".answer");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const values = new FormData(form);
      const address = form.dataset.try.replace(/\{([^}]*)\}/g, (_, name) => encodeURIComponent(values.get(name) ?? ""));
      answer.hidden = false;
      answer.textContent = "…";
      try {
        const response = await fetch(address, { headers: { Accept: "application/json" } });
        const json = response.headers.get("content-type")?.includes("json");
        const text = json ? JSON.stringify(await response.json(), null, 2) : await response.text();
        answer.textContent = `${response.status}\n${text.slice(0, 20_000)}`;
      } catch {
        answer.textContent = "つながりません。";
      }
    });
  }
})();
