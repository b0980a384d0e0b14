// Before anything is drawn, so that a chosen theme never flashes up as the other one.
try {
  const chosen = localStorage.getItem("lectern-theme");
  if (chosen) document.documentElement.dataset.theme = chosen;
} catch {
  // storage is switched off: the system's theme it is
}
