// An SMSC for the tests, on npm's `smpp`. `node smsc_npm.js PORT`; what it says and hears is told in README.md.
'use strict';
const smpp = require('smpp');
const readline = require('readline');

const tell = (what) => process.stdout.write(JSON.stringify(what) + '\n');
const throttled = new Set();
let count = 0;
let last = null;

const deliver = (session, fields) =>
  session.deliver_sm(fields, (answer) => tell({ event: 'delivered', status: answer.command_status }));

const submitted = (session, pdu) => {
  const to = pdu.destination_addr;
  const { udh, message } = pdu.short_message;
  if (to.endsWith('99')) return;
  if (to.endsWith('11')) return session.send(pdu.response({ command_status: smpp.ESME_RINVDSTADR }));
  const key = JSON.stringify(pdu.short_message);
  if (to.endsWith('58') && !throttled.has(key)) {
    throttled.add(key);
    return session.send(pdu.response({ command_status: smpp.ESME_RTHROTTLED }));
  }
  const id = `id-${++count}`;
  session.send(pdu.response({ message_id: id }));
  tell({
    event: 'submit',
    id,
    source: [pdu.source_addr_ton, pdu.source_addr_npi, pdu.source_addr],
    destination: [pdu.dest_addr_ton, pdu.dest_addr_npi, to],
    esm_class: pdu.esm_class,
    data_coding: pdu.data_coding,
    header: udh ? Buffer.concat([].concat(udh)).toString('hex') : '',
    text: message,
    payload: pdu.message_payload ? pdu.message_payload.message : null,
    sar: [pdu.sar_msg_ref_num, pdu.sar_total_segments, pdu.sar_segment_seqnum],
  });
  if (pdu.registered_delivery & 1) {
    deliver(session, {
      source_addr: to,
      destination_addr: pdu.source_addr,
      esm_class: 4,
      short_message: 'see the parameters',
      receipted_message_id: id,
      message_state: to.endsWith('05') ? 5 : 2,
    });
  }
};

const server = smpp.createServer((session) => {
  const bind = (pdu) => {
    const wrong = pdu.password !== 'secret08';
    session.send(pdu.response(wrong ? { command_status: smpp.ESME_RINVPASWD } : { system_id: 'simnpm' }));
    if (wrong) return session.close();
    last = session;
    tell({ event: 'bound', system_id: pdu.system_id });
  };
  session.on('bind_transceiver', bind);
  session.on('bind_transmitter', bind);
  session.on('submit_sm', (pdu) => submitted(session, pdu));
  session.on('enquire_link', (pdu) => {
    session.send(pdu.response());
    tell({ event: 'enquired' });
  });
  session.on('enquire_link_resp', () => tell({ event: 'alive' }));
  session.on('unbind', (pdu) => {
    session.send(pdu.response());
    session.close();
    tell({ event: 'unbound' });
  });
  session.on('error', () => session.destroy());
});
server.listen(Number(process.argv[2]), '127.0.0.1', () => tell({ event: 'listening' }));

const lines = readline.createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const { enquire, unbind, octets, ...fields } = JSON.parse(line);
  if (enquire) return last.enquire_link();
  if (unbind) return last.unbind();
  return deliver(last, { ...fields, short_message: { message: Buffer.from(octets, 'hex') } });
});
lines.on('close', () => process.exit(0));
