// Keys, the jump dialog and rows that open in place. Every page works without this file.
"use strict";
(() => {
  const OFF = "courtside.keys";
  const stored = {
    get: () => { try { return localStorage.getItem(OFF); } catch { return null; } },
    set: (value) => { try { localStorage.setItem(OFF, value); } catch { /* the browser keeps nothing */ } },
  };
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const one = (selector, within = document) => within.querySelector(selector);
  const isTyping = (at) => at.closest("input, select, textarea, [contenteditable]") !== null;
  const areKeysOn = () => stored.get() !== "off";

  // keys ------------------------------------------------------------------------------------------
  let before = "";
  let forgets = 0;

  function pressed(event) {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") return openJump(event);
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.key === "Escape") return closeOpened(event);
    if (isTyping(event.target) || one("dialog[open]") || !areKeysOn()) return;
    if (event.key === "j" || event.key === "k") return stepRow(event, event.key === "j" ? 1 : -1);
    follow(event);
  }

  function follow(event) {
    const keys = before ? `${before} ${event.key}` : event.key;
    const link = all("[data-key]").find((each) => each.dataset.key === keys);
    clearTimeout(forgets);
    before = "";
    if (link) { event.preventDefault(); link.click(); return; }
    if (event.key === "g") { before = "g"; forgets = setTimeout(() => { before = ""; }, 1200); }
  }

  function stepRow(event, by) {
    const links = all("table.rows tbody th a, [data-row]");
    if (!links.length) return;
    const at = links.indexOf(document.activeElement);
    const next = at < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + by, 0), links.length - 1);
    event.preventDefault();
    links[next].focus();
  }

  // jump ------------------------------------------------------------------------------------------
  function targets() {
    const found = new Map();
    for (const link of all("a[data-jump], main a[href^='/people/'], main a[href^='/metrics/'], main a[href^='/teams/']")) {
      const label = (link.dataset.jump || link.textContent).trim().replace(/\s+/g, " ");
      const key = link.pathname + link.search;
      if (label && !link.hash && !link.hasAttribute("download") && !found.has(key)) found.set(key, label);
    }
    return [...found];
  }

  function openJump(event) {
    const dialog = one("#jump");
    if (!dialog) return;
    event.preventDefault();
    if (!dialog.open) dialog.showModal();
    const input = one("input", dialog);
    input.value = "";
    fill(dialog);
    input.focus();
  }

  function fill(dialog) {
    const words = one("input", dialog).value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = targets().filter(([, label]) => words.every((word) => label.toLowerCase().includes(word)));
    one("ul", dialog).replaceChildren(...fits.slice(0, 40).map(([to, label]) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = to;
      link.textContent = label;
      item.append(link);
      return item;
    }));
    if (!fits.length) {
      const none = document.createElement("li");
      none.className = "s";
      none.textContent = "Nothing on this page is called so.";
      one("ul", dialog).append(none);
    }
    one("li a", dialog)?.classList.add("on");
  }

  function moveInJump(event) {
    const dialog = event.currentTarget;
    const links = all("li a", dialog);
    if (event.key === "Enter" && event.target.matches("input")) { event.preventDefault(); links[0]?.click(); }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    const at = links.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
    (links[at] || one("input", dialog)).focus();
  }

  // rows that open in place -----------------------------------------------------------------------
  function toggleRow(event) {
    const link = event.target.closest?.("a[data-opens]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const opened = document.getElementById(link.dataset.opens);
    if (!opened) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    opened.remove();
    link.setAttribute("aria-expanded", "false");
  }

  function markOpened() {
    for (const link of all("a[data-opens]")) {
      link.setAttribute("aria-expanded", String(document.getElementById(link.dataset.opens) !== null));
    }
  }

  function closeOpened(event) {
    if (one("dialog[open]")) return;
    const opened = event.target.closest?.("tr.opened") || all("tr.opened").pop();
    if (!opened) return;
    const link = one(`a[data-opens="${opened.id}"]`);
    opened.remove();
    markOpened();
    link?.focus();
  }

  // start -----------------------------------------------------------------------------------------
  document.addEventListener("keydown", pressed);
  document.addEventListener("click", toggleRow, true);
  document.addEventListener("htmx:afterSettle", markOpened);
  for (const link of all("a[data-opens]")) link.setAttribute("aria-expanded", "false");
  for (const button of all("[data-open=jump]")) { button.hidden = false; button.addEventListener("click", openJump); }
  const dialog = one("#jump");
  dialog?.addEventListener("keydown", moveInJump);
  dialog?.addEventListener("input", () => fill(dialog));
  dialog?.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  for (const part of all("[data-needs-script]")) part.hidden = false;
  for (const box of all("[data-keys]")) {
    box.checked = areKeysOn();
    box.addEventListener("change", () => stored.set(box.checked ? "on" : "off"));
  }
  for (const form of all("form[data-sends]")) {
    form.addEventListener("change", () => form.requestSubmit());
    all("button.unscripted", form).forEach((button) => { button.hidden = true; });
  }
})();
