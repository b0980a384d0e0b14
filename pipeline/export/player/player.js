"use strict";
/* The player: controls, keyboard and transcript. */

(() => {
  const byId = (id) => document.getElementById(id);
  const strings = JSON.parse(byId("strings").textContent);
  const lesson = JSON.parse(byId("lesson").textContent);
  const video = byId("video");
  const seek = byId("seek");
  const speed = byId("speed");
  const length = lesson.seconds;
  const sentences = [...document.querySelectorAll(".sentence")];
  const chapters = [...document.querySelectorAll(".chapters .seek")];

  function fill(text, ...values) {
    return values.reduce((filled, value, index) => filled.replace(`{${index}}`, value), text);
  }

  function clock(seconds) {
    const whole = Math.floor(seconds);
    const two = (number) => String(number).padStart(2, "0");
    const hours = Math.floor(whole / 3600);
    const minutes = Math.floor(whole / 60) % 60;
    return hours
      ? `${hours}:${two(minutes)}:${two(whole % 60)}`
      : `${minutes}:${two(whole % 60)}`;
  }

  // --- controls ---------------------------------------------------------------------------

  const actions = {
    toggle: () => (video.paused ? play() : video.pause()),
    jump: (seconds) => goTo(video.currentTime + seconds),
    mute: () => {
      video.muted = !video.muted;
      progress.prefer({ muted: video.muted, volume: video.volume });
    },
    captions: () => {
      const track = video.textTracks[0];
      track.mode = track.mode === "showing" ? "hidden" : "showing";
      show();
      progress.prefer({ captions: track.mode === "showing" });
    },
    fullscreen,
    faster: (step) => {
      const at = speed.selectedIndex + step;
      if (at < 0 || at >= speed.options.length) return;
      speed.selectedIndex = at;
      setSpeed();
    },
  };

  function setSpeed() {
    video.playbackRate = Number(speed.value);
    progress.prefer({ rate: video.playbackRate });
  }

  /** What the learner wished for elsewhere; what is not said stays as it is. */
  function honour({ muted, volume, rate, captions }) {
    if (muted !== undefined) video.muted = muted;
    if (volume !== undefined) video.volume = volume;
    if (captions !== undefined) video.textTracks[0].mode = captions ? "showing" : "hidden";
    if (rate === undefined) return;
    const rates = [...speed.options].map((option) => Number(option.value));
    const distances = rates.map((each) => Math.abs(each - rate));
    speed.selectedIndex = distances.indexOf(Math.min(...distances));
    video.playbackRate = Number(speed.value);
  }

  function play() {
    video.play().catch((error) => {
      if (error.name !== "AbortError") fail();
    });
  }

  function fail() {
    byId("failure").textContent = strings.playback_failed;
    byId("failure").hidden = false;
  }

  function goTo(seconds) {
    video.currentTime = Math.min(Math.max(0, seconds), length);
  }

  function fullscreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (byId("player").requestFullscreen) byId("player").requestFullscreen();
    else video.webkitEnterFullscreen();
  }

  function show() {
    const playing = !video.paused && !video.ended;
    byId("player").dataset.playing = playing;
    byId("play").setAttribute("aria-label", playing ? strings.pause : strings.play);
    byId("mute").setAttribute("aria-pressed", video.muted);
    byId("captions").setAttribute("aria-pressed", video.textTracks[0].mode === "showing");
    byId("fullscreen").setAttribute("aria-pressed", Boolean(document.fullscreenElement));
  }

  function showPosition() {
    const now = video.currentTime;
    seek.value = now;
    seek.style.setProperty("--played", `${(100 * now) / length}%`);
    seek.setAttribute("aria-valuetext", fill(strings.position_text, clock(now), clock(length)));
    byId("now").textContent = clock(now);
    markCurrent(chapters, now);
    const sentence = markCurrent(sentences, now);
    if (sentence && byId("follow").checked) follow(sentence);
  }

  function wireControls() {
    video.controls = false;
    byId("no-script").hidden = true;
    for (const id of ["controls", "keys", "follow-label"]) byId(id).hidden = false;
    byId("play").addEventListener("click", actions.toggle);
    byId("back").addEventListener("click", () => actions.jump(-10));
    byId("forward").addEventListener("click", () => actions.jump(10));
    byId("captions").addEventListener("click", actions.captions);
    byId("mute").addEventListener("click", actions.mute);
    byId("fullscreen").addEventListener("click", actions.fullscreen);
    speed.addEventListener("change", setSpeed);
    seek.addEventListener("input", () => goTo(Number(seek.value)));
    video.addEventListener("click", actions.toggle);
    video.addEventListener("error", fail, true); // of the video, and of its source
    for (const name of ["play", "pause", "ended", "volumechange"]) {
      video.addEventListener(name, show);
    }
    document.addEventListener("fullscreenchange", show);
    video.textTracks.addEventListener("change", show);
    show();
  }

  // --- keyboard ---------------------------------------------------------------------------

  const keys = {
    " ": actions.toggle,
    k: actions.toggle,
    j: () => actions.jump(-10),
    l: () => actions.jump(10),
    ArrowLeft: () => actions.jump(-5),
    ArrowRight: () => actions.jump(5),
    Home: () => goTo(0),
    End: () => goTo(length),
    m: actions.mute,
    c: actions.captions,
    f: actions.fullscreen,
    "<": () => actions.faster(-1),
    ">": () => actions.faster(1),
  };

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const action = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (event.key.length === 1 && event.key !== " " && !byId("keys-on").checked) return;
    if (!action || hasOwnMeaning(event.target, event.key)) return;
    event.preventDefault();
    action();
  }

  /** Keys that the element in focus needs for itself. */
  function hasOwnMeaning(element, key) {
    if (element.closest("select, textarea, input:not([type=range]):not([type=checkbox])")) return true;
    return key === " " && element.closest("button, summary, input[type=checkbox]") !== null;
  }

  // --- transcript -------------------------------------------------------------------------

  function markCurrent(links, now) {
    const at = links.findLastIndex((link) => Number(link.dataset.start) <= now + 0.05);
    links.forEach((link, index) => {
      if (index === at) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
    return links[at];
  }

  /** Brings the sentence into the middle of the transcript, and leaves the page where it is. */
  function follow(sentence) {
    if (follow.shown === sentence) return;
    follow.shown = sentence;
    const box = byId("transcript");
    const top = sentence.getBoundingClientRect().top - box.getBoundingClientRect().top;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    box.scrollBy({ top: top - box.clientHeight / 3, behavior: still ? "auto" : "smooth" });
  }

  /** One stop for Tab, then the arrows: a transcript has hundreds of sentences. */
  function rove(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const next = sentences[sentences.indexOf(event.target) + (step || 0)];
    if (!step || !next) return;
    event.preventDefault();
    makeStop(next);
    next.focus();
  }

  function makeStop(sentence) {
    for (const other of sentences) other.tabIndex = other === sentence ? 0 : -1;
  }

  function wireLinks() {
    for (const link of document.querySelectorAll(".seek[data-start]")) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        goTo(Number(link.dataset.start));
        if (link.classList.contains("sentence")) makeStop(link);
      });
    }
    byId("transcript").addEventListener("keydown", rove);
    if (sentences.length) makeStop(sentences[0]);
  }

  // --- progress ---------------------------------------------------------------------------

  async function leaveFullscreen() {
    if (document.fullscreenElement) await document.exitFullscreen();
  }

  const progress = new Lectern.Progress({
    video,
    lesson,
    strings,
    status: byId("progress"),
    wayBack: byId("leave"),
    goTo,
    play,
    honour,
    leaveFullscreen,
  });

  wireControls();
  wireLinks();
  progress.open(document.body.dataset.tracking);
  document.addEventListener("keydown", onKey);
  video.addEventListener("timeupdate", showPosition);
  video.addEventListener("seeked", showPosition);
  showPosition();
})();
