// What the page does beyond HTML: progress of the upload, and the timer of the guide. Everything works without it.
"use strict";

function watchUpload(form) {
  const file = form.querySelector("input[type=file]"), button = form.querySelector("button");
  const line = document.getElementById("sending"), bar = line.querySelector("progress"), text = line.querySelector("span");
  const say = (words, percent) => { line.hidden = false; text.textContent = words; bar.hidden = percent === null; bar.value = percent ?? 0; };
  const size = () => [...file.files].reduce((sum, one) => sum + one.size, 0);
  file.addEventListener("change", () => { if (size() > Number(form.dataset.max)) say(form.dataset.large, null); else line.hidden = true; });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (button.disabled || !file.files.length) return;
    if (size() > Number(form.dataset.max)) { say(form.dataset.large, null); return; }
    const request = new XMLHttpRequest(), data = new FormData(form);
    button.disabled = true;
    request.upload.onprogress = (e) => { const done = Math.floor(100 * e.loaded / e.total); say(done + " %", done); };
    request.upload.onload = () => say(form.dataset.done, 100);
    request.onerror = () => { say(form.dataset.lost, null); button.disabled = false; };
    request.onload = () => {
      if (new URL(request.responseURL).pathname !== new URL(form.action).pathname) { location.assign(request.responseURL); return; }
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      const told = [...page.querySelectorAll("main h1, main .lead")].map((one) => one.textContent).join(" ");
      say(told || form.dataset.lost, null);
      button.disabled = false;
    };
    request.open("POST", form.action);
    request.send(data);
  });
  // back from the next page, the browser may show this one as it was left
  addEventListener("pageshow", () => { button.disabled = false; line.hidden = true; });
}

function runTimer(box) {
  const part = (id) => document.getElementById(id);
  const steps = [...document.querySelectorAll(".steps li")], go = part("go"), stop = part("stop");
  let ticking = null, awake = null;
  const call = (words) => {
    part("now").textContent = words;
    part("said").textContent = words;
    if (!part("speak").checked) return;
    if (navigator.vibrate) navigator.vibrate([300, 150, 300]);
    if (window.speechSynthesis) {
      const voice = new SpeechSynthesisUtterance(words);
      voice.lang = box.dataset.locale;
      speechSynthesis.cancel();
      speechSynthesis.speak(voice);
    }
  };
  const end = () => {
    clearInterval(ticking);
    ticking = null;
    go.disabled = false;
    stop.disabled = true;
    go.textContent = go.dataset.again;
    part("count").textContent = "–";
    part("next").textContent = "";
    steps.forEach((step) => step.removeAttribute("aria-current"));
    if (awake) awake.release();
    awake = null;
  };
  const begin = async () => {
    const started = performance.now();
    const starts = steps.map((_, k) => steps.slice(0, k).reduce((sum, step) => sum + Number(step.dataset.seconds), 0));
    let shown = -1;
    go.disabled = true;
    stop.disabled = false;
    stop.focus();
    const tick = () => {
      const now = (performance.now() - started) / 1000;
      const current = starts.findLastIndex((start) => start <= now);
      const left = Math.ceil((starts[current + 1] ?? now) - now);
      if (current !== shown) {
        shown = current;
        call(steps[current].dataset.call);
        steps.forEach((step, k) => k === current ? step.setAttribute("aria-current", "step") : step.removeAttribute("aria-current"));
        part("next").textContent = steps[current + 1] ? "→ " + steps[current + 1].dataset.call : "";
      }
      part("count").textContent = box.dataset.left.replace("#", left);
      if (current === steps.length - 1) end();
    };
    ticking = setInterval(tick, 200);
    tick();
    try { awake = await navigator.wakeLock?.request("screen"); } catch { awake = null; }
  };
  go.addEventListener("click", begin);
  stop.addEventListener("click", () => { end(); if (window.speechSynthesis) speechSynthesis.cancel(); go.focus(); });
  box.hidden = false;
}

document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("upload"), timer = document.getElementById("timer");
  if (form) watchUpload(form);
  if (timer) runTimer(timer);
});
