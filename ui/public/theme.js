// Puts the chosen theme on the page before it is first drawn, so that it never flashes the other one.
(function () {
  try {
    var kept = window.localStorage.getItem("alcove.theme");
    if (kept === "light" || kept === "dark") document.documentElement.dataset.theme = kept;
    var language = window.localStorage.getItem("alcove.language");
    if (language === "en" || language === "de") document.documentElement.lang = language;
  } catch (error) {
    // Storage is forbidden here: the system's theme holds.
  }
})();
