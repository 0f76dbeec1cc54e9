// Commands from standard input, replies to standard output: a JSON object a line. See ../README.md.
"use strict";

const readline = require("node:readline");

const print = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

// Tells a candidate.
exports.tell = (candidate) => print({ told: candidate });

// Serves a table of commands, one at a time and in order.
exports.serve = (commands) => {
  let last = Promise.resolve();
  readline.createInterface({ input: process.stdin }).on("line", (line) => {
    const { id, do: command, ...question } = JSON.parse(line);
    last = last.then(async () => {
      try {
        print({ id, ok: (await commands[command](question)) ?? {} });
      } catch (error) {
        print({ id, error: `${error?.stack ?? error}` });
      }
    });
  }).on("close", () => process.exit(0));
};

// The version of a package, as package.json asks for it.
exports.version = (name) => require("./package.json").dependencies[name];
