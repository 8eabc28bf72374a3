// Twilio's calculator over lines: a JSON string in, what it says of that message out. Ends with its input.
// usage: node count.js DIRECTORY-WITH-node_modules
'use strict';
const path = require('node:path');
const { SegmentedMessage } = require(path.resolve(process.argv[2], 'node_modules', 'sms-segments-calculator'));

function answer(line) {
  const message = new SegmentedMessage(JSON.parse(line));
  const bits = message.encodingName === 'GSM-7' ? 7 : 16;
  return JSON.stringify({
    encoding: message.encodingName,
    units: message.messageSize / bits,
    count: message.segmentsCount,
    // UTF-16 units of what it keeps together; units of each part, by the bits that it counts
    clusters: message.graphemes.map((cluster) => cluster.length),
    parts: message.segments.map((part) => part.messageSizeInBits() / bits),
  });
}

// not by `readline`: that takes U+2028 for the end of a line
let rest = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk) => {
  const lines = (rest + chunk).split('\n');
  rest = lines.pop();
  if (lines.length > 0) process.stdout.write(lines.map((line) => answer(line) + '\n').join(''));
});
