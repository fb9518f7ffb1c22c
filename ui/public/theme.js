// Puts the chosen look on the page before it is first drawn, so that it never flashes another one.
(function () {
  try {
    var page = document.documentElement;
    var kept = window.localStorage.getItem("alcove.theme");
    if (kept === "light" || kept === "dark") page.dataset.theme = kept;
    var language = window.localStorage.getItem("alcove.language");
    if (language === "en" || language === "de") page.lang = language;
    if (window.localStorage.getItem("alcove.density") === "compact") page.dataset.density = "compact";
    if (window.localStorage.getItem("alcove.times") === "always") page.dataset.times = "always";
  } catch (error) {
    // Storage is forbidden here: the system's theme holds.
  }
})();
