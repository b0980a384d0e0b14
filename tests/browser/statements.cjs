"use strict";
/* Reads a JSON list of xAPI statements on its input; writes what is wrong with each, as JSON. */

const { readFileSync } = require("node:fs");
const { default: faultsOf } = require("xapi-validation");

const statements = JSON.parse(readFileSync(0, "utf8"));
const faults = statements.map((statement) => faultsOf(statement).map(String));
process.stdout.write(JSON.stringify(faults));
