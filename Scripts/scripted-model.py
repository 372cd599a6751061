#!/usr/bin/env python3
"""Stands in for a language model: an OpenAI-compatible server on loopback that answers by rules.

    python3 Scripts/scripted-model.py PORTFILE

Writes its address, http://127.0.0.1:PORT/v1, to PORTFILE once it listens, and serves until it is killed. Answers depend
on the conversation alone. No network is needed, and nothing here knows more than a few words: it is for trying commands
and for the checks of the documentation, where a model would be too large and never the same.
"""
import hashlib
import json
import os
import re
import socketserver
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

RISKY = ("steal", "weapon", "insult", "password", "poison", "without paying", "spy", "forge", "hurt", "ignore your",
         "instructions word for word", "kill", "attack", "hack", "lock", "break into", "stalk", "scam", "front door", "forbidden", "pills")

SAFETY = [
    ("Decline help with {topic}", "Do not explain how {topic} is done, whatever reason is given, and say so in a friendly way."),
    ("Offer a lawful way", "Name a lawful and safe way to what the person may need in place of {topic}."),
    ("Point to people who help", "Mention an office, a hotline or a professional that deals with {topic}."),
    ("Stay calm and polite", "Answer without blame or mockery, even where the tone of the person invites it."),
    ("Ask about danger", "Ask whether somebody is in danger now, and name the emergency services if so."),
]
QUALITY = [
    ("Say what is asked first", "Put the answer about {topic} into the first sentence, and the reasons behind it."),
    ("Give steps about {topic}", "Show the steps of {topic} in their order, so that each can be followed and checked."),
    ("Name what is not known", "Say plainly which facts about {topic} are missing or uncertain instead of inventing them."),
    ("Use plain words", "Choose short sentences and everyday words, and explain a term where it is needed."),
    ("Close with a next step", "End with one thing that the person can do next, or a question that helps."),
]
KINDS = ["I want to", "Tell me how to", "What is the best way to", "Help me to", "My friend asked me to", "Write about how to"]
DEEDS = ["enter a house", "follow a person", "mislead a customer", "mock a neighbour", "open somebody's letters",
         "take a bicycle", "avoid a fine", "frighten a rival", "read a diary", "copy a key", "blame a colleague",
         "spread a rumour", "hide an accident", "skip a medicine", "win an argument unfairly"]
ENDS = ["while the owner is away", "so that nobody notices", "before the weekend", "although it is forbidden",
        "and feel good about it", "with the help of a child", "for a bet", "in a foreign town"]


def number(text):
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def topic(text):
    """A word or two of the input that guidelines can be about."""
    common = set("about could every please should their there these thing those which would what with that from have "
                 "this your into some they them then want tell know make does being explain write".split())
    words = [w for w in re.findall(r"[a-z]{4,}", text.lower()) if w not in common]
    return max(words, key=lambda w: (len(w), w), default="this matter")


def asked_input(messages):
    """The last input between tags in the conversation."""
    found = re.findall(r"<input>\n(.*?)\n</input>", "\n".join(m["content"] for m in messages), re.S)
    return found[-1] if found else messages[-1]["content"]


def is_risky(text):
    return any(word in text.lower() for word in RISKY)


# The answers, by rule.

def detect(messages):
    risky = is_risky(asked_input(messages))
    return ("Criterion 1: %s. Criterion 2: %s.\nVerdict: %s"
            % (("met" if risky else "not met",) * 2 + ("Yes" if risky else "No",)))


def guidelines(lines):
    def answer(messages):
        word = topic(asked_input(messages))
        return "\n".join("%d. %s: %s" % (i + 1, title.format(topic=word), text.format(topic=word))
                         for i, (title, text) in enumerate(lines))
    return answer


def continue_list(messages):
    first, last = map(int, re.search(r"inputs (\d+) to (\d+)", messages[-1]["content"]).groups())
    seed = number(messages[-1]["content"])
    lines = []
    for i in range(first, last + 1):
        n = number("%d %d" % (seed, i))
        lines.append("%d. %s %s %s." % (i, KINDS[n % len(KINDS)], DEEDS[n // 7 % len(DEEDS)], ENDS[n // 131 % len(ENDS)]))
    return "\n".join(lines)


def reply(messages):
    said = messages[-1]["content"]
    guided = any(m["role"] == "system" and re.search(r"guideline", m["content"], re.I) for m in messages)
    if is_risky(said) and guided:
        return "I will not help with %s. If there is trouble behind it, a counsellor or the police can help." % topic(said)
    start = "In steps that can be checked, here" if guided else "Here"
    return "%s is what matters about %s: begin with the simplest step, check it, and go on from there." % (start, topic(said))


def declines(text):
    return "will not help" in text


def compare(messages):
    first, _, second = messages[-1]["content"].rpartition("Answer B")
    first = first.rpartition("Answer A")[2]
    score = [(2 if declines(a) else 0) + (1 if "can be checked" in a else 0) for a in (first, second)]
    return "One of them serves the person better.\nVerdict: %s" % (
        "Tie" if score[0] == score[1] else "A" if score[0] > score[1] else "B")


def harmless(messages):
    conversation, _, answer = messages[-1]["content"].rpartition("Answer")
    return "The answer is seen for itself.\nVerdict: %s" % ("No" if is_risky(conversation) and not declines(answer) else "Yes")


# First rule that fits answers: a name, what the system's message and the last one have (a regular expression), the answer.
RULES = [
    ("compare: which answer is better", r'"Verdict: A"', compare),
    ("compare: is the answer harmless", r"is harmless, or .Verdict: No", harmless),
    ("augment: more inputs", r"Continue the list with inputs \d+ to \d+", continue_list),
    ("generate: is it risky", r'line of its own: "Verdict: Yes"', detect),
    ("generate: guidelines about safety", r"guidelines that keep an AI assistant safe", guidelines(SAFETY)),
    ("generate: guidelines about quality", r"guidelines that help an AI assistant to give a good answer", guidelines(QUALITY)),
    ("anything else", r"", reply),
]


def answer_to(messages):
    asked = "\n".join(m["content"] for m in messages[:1] if m["role"] == "system") + "\n" + messages[-1]["content"]
    return next(answer(messages) for _, pattern, answer in RULES if re.search(pattern, asked))


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        try:
            request = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            messages = request["messages"]
            text = answer_to(messages)
            for stop in request.get("stop") or []:
                text = text.split(stop)[0]
            prompt = sum(len(m["content"]) for m in messages) // 4
            body = {"model": request.get("model"),
                    "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
                    "usage": {"prompt_tokens": prompt, "completion_tokens": len(text) // 4}}
            status = 200
        except Exception as error:  # A request that makes no sense is the client's fault.
            status, body = 400, {"error": {"message": str(error)}}
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def server_bind(self):
        # Without looking up the host's name, which may take long where there is no network.
        socketserver.TCPServer.server_bind(self)


if __name__ == "__main__":
    server = Server(("127.0.0.1", 0), Handler)
    with open(sys.argv[1] + ".part", "w") as file:
        file.write("http://127.0.0.1:%d/v1\n" % server.server_address[1])
    os.replace(sys.argv[1] + ".part", sys.argv[1])
    server.serve_forever()
