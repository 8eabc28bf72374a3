"""Counts segments with smsutil: `python python.py MESSAGES.json`.

First prints a line of JSON: for each message [is it GSM-7, segments]. Then, for each line `MESSAGES PASSES` on its input,
counts the first messages so many times and prints the nanoseconds of processor time that it took; ends with its input.
"""

import json
import sys
import time

import smsutil

with open(sys.argv[1], encoding="utf-8") as file:
    messages = json.load(file)


def count(text):
    message = smsutil.split(text)
    return [message.encoding == "gsm0338", len(message.parts)]


print(json.dumps([count(text) for text in messages]), flush=True)
for line in sys.stdin:
    many, passes = map(int, line.split())
    some = messages[:many]
    start = time.process_time_ns()
    for _ in range(passes):
        for text in some:
            count(text)
    print(time.process_time_ns() - start, flush=True)
