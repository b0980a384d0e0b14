"use strict";
/* Plays stream.m3u8 from its folder and keeps what went wrong. */

window.failures = [];
window.playlists = 0;

const hls = new Hls({ enableWorker: false });
hls.on(Hls.Events.ERROR, (_, data) => window.failures.push(`${data.details} ${data.error || ""}`));
hls.on(Hls.Events.LEVEL_LOADED, () => { window.playlists += 1; });
hls.loadSource("stream.m3u8");
hls.attachMedia(document.getElementById("video"));
