"""An SMSC for the tests, on PyPI's `smpp34`. `smsc_smpp34.py PORT`; what it says and hears is told in README.md."""

import asyncio
import json
import os
import sys

import smpp34

NUMBER = {"throttled": "58", "refused": "11", "silent": "99", "undelivered": "05"}


def tell(**what):
    print(json.dumps(what), flush=True)


async def main(port):
    server = smpp34.Server(host="127.0.0.1", port=port, system_id="sim34")
    await server.start()
    tell(event="listening")
    sessions, throttled, unanswered, tasks, count = {}, set(), [], set(), 0

    async def deliver(esme, octets, **fields):
        try:
            answer = await esme.deliver_sm(short_message=bytes.fromhex(octets), **fields)
        except smpp34.SmppError:
            return  # the other side has gone
        tell(event="delivered", status=answer.command_status)

    def start(work):
        task = asyncio.ensure_future(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    async def hear():
        while line := await asyncio.to_thread(sys.stdin.readline):
            start(deliver(next(reversed(sessions.values())), **json.loads(line)))
        os._exit(0)

    hearing = asyncio.ensure_future(hear())
    while not hearing.done():
        event = await server.next()
        if isinstance(event, smpp34.Esme):
            sessions[event.session_id] = event
            tell(event="bound", system_id=event.system_id)
        elif isinstance(event, smpp34.Unbound):
            tell(event="unbound")
        elif isinstance(event, smpp34.SubmitSmEvent):
            to = event.destination_addr
            if to.endswith(NUMBER["silent"]):
                unanswered.append(event)  # dropped, it would be answered
                continue
            if to.endswith(NUMBER["refused"]):
                event.reject(smpp34.ESME_RINVDSTADR)
                continue
            if to.endswith(NUMBER["throttled"]) and event.short_message not in throttled:
                throttled.add(event.short_message)
                event.reject(smpp34.ESME_RTHROTTLED)
                continue
            count += 1
            number = f"id-{count}"
            event.accept(message_id=number)
            tell(
                event="submit",
                id=number,
                source=[event.source_addr_ton, event.source_addr_npi, event.source_addr],
                destination=[event.dest_addr_ton, event.dest_addr_npi, to],
                esm_class=event.esm_class,
                data_coding=event.data_coding,
                octets=event.short_message.hex(),
            )
            if event.registered_delivery & 1:
                state = "UNDELIV" if to.endswith(NUMBER["undelivered"]) else "DELIVRD"
                text = f"id:{number} sub:001 dlvrd:001 submit date:2601010000 done date:2601010001 stat:{state} err:000 text:"
                receipt = dict(source_addr=to, destination_addr=event.source_addr, esm_class=4, octets=text.encode().hex())
                start(deliver(sessions[event.session_id], **receipt))


asyncio.run(main(int(sys.argv[1])))
