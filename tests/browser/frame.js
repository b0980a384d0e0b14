"use strict";
/* Shows the page named after the hash, as platforms do that keep content on a host of its own. */

addEventListener("DOMContentLoaded", () => {
  document.getElementById("inner").src = decodeURIComponent(location.hash.slice(1));
});
