// The editor of a file: a finding leads to its line.

for (const link of document.querySelectorAll("a[data-line]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const text = document.getElementById("text");
    const lines = text.value.split("\n");
    const line = Math.min(Number(link.dataset.line), lines.length) - 1;
    const start = lines.slice(0, line).join("\n").length + (line > 0 ? 1 : 0);
    text.focus();
    text.setSelectionRange(start, start + lines[line].length);
    text.scrollTop = (text.scrollHeight / lines.length) * Math.max(0, line - 3);
  });
}
