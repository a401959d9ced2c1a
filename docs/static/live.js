// Moves the live pictures of a page. All states were drawn when the site was built (tools/frames.py);
// here the one at which the controls stand is looked up, put together and shown.
"use strict";

const PAUSE = 500; // milliseconds without a move, after which a screen reader is told
const NEAR = "600px"; // the frames are fetched when their picture comes so near to the window
const files = {}; // by name, each a promise of its frames
const arrivals = {};

// Each file of frames is a script that calls this; unlike JSON, it can be read from a disk too.
function framesOf(name, stored) {
  arrivals[name](stored);
}

function fetched({ name, frames }) {
  files[name] ??= new Promise((resolve, reject) => {
    arrivals[name] = resolve;
    const script = document.createElement("script");
    script.src = frames;
    script.onerror = () => {
      delete files[name]; // so that the next move tries again
      reject(new Error(`${frames} did not arrive`));
    };
    document.head.append(script);
  });
  return files[name];
}

function decoded(stored, setting) {
  const number = setting.reduce((before, place, i) => before * stored.sizes[i] + place, 0);
  return stored.frames[number].map((element) => stored.elements[element]).join("");
}

function live(picture) {
  const form = picture.querySelector("form");
  const drawing = picture.querySelector(".live-drawing");
  const words = picture.querySelector(".live-words");
  const status = picture.querySelector("[role=status]");
  let pause = null;

  function name(slider) {
    const word = JSON.parse(slider.dataset.words)[slider.value];
    slider.nextElementSibling.value = word;
    slider.setAttribute("aria-valuetext", word);
  }

  function say(message, everyone) {
    status.classList.toggle("visually-hidden", !everyone);
    status.textContent = message;
  }

  async function show() {
    form.querySelectorAll("[type=range]").forEach(name);
    let stored;
    try {
      stored = await fetched(picture.dataset);
    } catch {
      say("The picture for this setting did not arrive. Move the control to try again.", true);
      return;
    }
    const setting = [...new FormData(form).values()].map(Number);
    drawing.innerHTML = decoded(stored, setting);
    words.textContent = drawing.querySelector("desc").textContent;
    say("", false);
    clearTimeout(pause);
    pause = setTimeout(() => say(words.textContent, false), PAUSE);
  }

  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("focusout", () => say("", false)); // told once, not read twice
  picture.classList.add("moves");
  form.hidden = false;
  const whenNear = ([seen]) => seen.isIntersecting && fetched(picture.dataset).catch(() => {});
  new IntersectionObserver(whenNear, { rootMargin: NEAR }).observe(picture);
}

document.querySelectorAll(".live-picture").forEach(live);
