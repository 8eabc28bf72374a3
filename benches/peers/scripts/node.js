// Counts segments with a package of npm: `node node.js twilio|split-sms DIRECTORY MESSAGES.json`.
//
// First prints a line of JSON: for each message [is it GSM-7, segments]. Then, for each line `MESSAGES PASSES` on its input,
// counts the first messages so many times and prints the nanoseconds of processor time that it took; ends with its input.
"use strict";
const fs = require("fs");
const path = require("path");
const readline = require("readline");

const [which, directory, file] = process.argv.slice(2);
const load = (name) => require(path.join(directory, "node_modules", name));
const messages = JSON.parse(fs.readFileSync(file, "utf8"));

let count;
if (which === "twilio") {
    const { SegmentedMessage } = load("sms-segments-calculator");
    count = (text) => {
        const message = new SegmentedMessage(text);
        return [message.encodingName === "GSM-7", message.segmentsCount];
    };
} else {
    const { split } = load("split-sms");
    count = (text) => {
        const message = split(text);
        return [message.characterSet === "GSM", message.parts.length];
    };
}

console.log(JSON.stringify(messages.map(count)));
readline.createInterface({ input: process.stdin }).on("line", (line) => {
    const [many, passes] = line.split(" ").map(Number);
    const some = messages.slice(0, many);
    let segments = 0;
    const start = process.cpuUsage();
    for (let pass = 0; pass < passes; pass++) {
        for (const text of some) segments += count(text)[1];
    }
    const took = process.cpuUsage(start);
    // the sum is used, so that nothing is left out
    if (segments < 0) throw new Error("no segments");
    console.log((took.user + took.system) * 1000);
});
