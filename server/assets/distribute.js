// Distribution: a button that copies beside every text to be copied, and how many rows are chosen.
"use strict";

const english = document.documentElement.lang === "en";
const words = english ? { copy: "Copy", copied: "Copied" } : { copy: "写す", copied: "写しました" };

for (const element of document.querySelectorAll("[data-copied]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "small";
  button.textContent = words.copy;
  // The text as it is before the button stands in it.
  const text = element.value ?? element.textContent.trim();
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Without a secure connection there is no clipboard: the text is chosen, to be copied by hand.
      const range = document.createRange();
      range.selectNodeContents(element);
      if (element.select) element.select();
      else getSelection().setBaseAndExtent(range.startContainer, range.startOffset, range.endContainer, range.endOffset);
      document.execCommand("copy");
    }
    button.textContent = words.copied;
  });
  if (element.tagName === "DD") element.append(" ", button);
  else element.after(button);
}

for (const form of document.querySelectorAll("[data-choose]")) {
  const count = form.querySelector("[data-count]");
  if (!count) continue;
  const show = () => {
    const chosen = form.querySelectorAll("[name=respondent]:checked").length;
    count.textContent = chosen ? (english ? ` (${chosen})` : `（${chosen}件）`) : "";
  };
  form.addEventListener("change", show);
  show();
}
