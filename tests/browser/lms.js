"use strict";
/* The least a learning platform does: it keeps what the SCO commits, and launches it again. */

window.calls = [];
window.API = new Scorm12API({ autocommit: false, logLevel: 5 });

for (const name of ["LMSInitialize", "LMSFinish", "LMSCommit", "LMSSetValue"]) {
  const own = window.API[name].bind(window.API);
  window.API[name] = (...values) => {
    const result = own(...values);
    window.calls.push([name, ...values, result, window.API.LMSGetLastError()]);
    return result;
  };
}

window.launch = (address, saved) => {
  if (saved) window.API.loadFromJSON(saved.cmi);
  document.getElementById("sco").src = address;
};

window.record = () => window.API.renderCommitCMI(true);
