"use strict";
/* Reads a JSON list of xAPI statements on its input; writes what is wrong with each, as JSON. */

const { readFileSync } = require("node:fs");
const { default: faultsOf } = require("@learninglocker/xapi-validation");

const told = (fault) => `${fault.path.join(".")}: ${fault.typeName || fault.name}`;
const statements = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(statements.map((statement) => faultsOf(statement).map(told))));
