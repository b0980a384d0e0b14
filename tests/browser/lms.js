"use strict";
/* The least a learning platform does: it keeps what the SCO commits, and launches it again. */

const is2004 = new URLSearchParams(location.search).get("edition") === "scorm2004";
const SETTINGS = { autocommit: false, logLevel: 5 };

window.lms = is2004 ? new Scorm2004API(SETTINGS) : new Scorm12API(SETTINGS);
window[is2004 ? "API_1484_11" : "API"] = window.lms;

/** Name, arguments, result and error code of each call that changes something. */
window.calls = [];

const names = is2004
  ? { Initialize: "initialize", Terminate: "finish", Commit: "commit", SetValue: "set" }
  : { LMSInitialize: "initialize", LMSFinish: "finish", LMSCommit: "commit", LMSSetValue: "set" };

for (const [name, kind] of Object.entries(names)) {
  const own = window.lms[name].bind(window.lms);
  window.lms[name] = (...values) => {
    const result = own(...values);
    const code = window.lms[is2004 ? "GetLastError" : "LMSGetLastError"]();
    window.calls.push([kind, ...values, result, code]);
    return result;
  };
}

/** What SCORM 2004 has a platform take from the manifest into the run-time data (RTE 4.2.4, 4.2.18). */
async function readManifest(folder) {
  const text = await (await fetch(`${folder}/imsmanifest.xml`)).text();
  const manifest = new DOMParser().parseFromString(text, "application/xml");
  const first = (name) => manifest.getElementsByTagNameNS("*", name)[0];
  const byMeasure = first("completionThreshold").getAttribute("completedByMeasure") === "true";
  const mastery = first("minNormalizedMeasure");
  return {
    completion_threshold: byMeasure
      ? first("completionThreshold").getAttribute("minProgressMeasure") : "",
    scaled_passing_score: mastery ? mastery.textContent : "",
  };
}

window.launch = async (address, saved) => {
  if (is2004) window.lms.loadFromJSON(await readManifest(address.replace(/\/[^/]*$/, "")));
  if (saved) window.lms.loadFromJSON(saved.cmi);
  document.getElementById("sco").src = address;
};

window.record = () => window.lms.renderCommitCMI(true);
