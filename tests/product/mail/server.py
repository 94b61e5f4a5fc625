"""A mail server for the tests, on Debian's python3-aiosmtpd.

Prints the port on which it listens, then every message that it has accepted, as a line of JSON. What it
does with a recipient is in the address. It ends when its standard input does.

    refused@…   550 for good
    later@…     451 the first time
    quoting@…   550 with the whole message in the reply
    lost@…      accepts the message, and the first time the connection breaks before it can say so
    silent@…    never answers
"""

import asyncio
import json
import sys
from email import message_from_bytes, policy

from aiosmtpd.smtp import SMTP


class Handler:
    def __init__(self):
        self.seen = set()

    def first(self, address):
        first = address not in self.seen
        self.seen.add(address)
        return first

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused@"):
            return "550 5.1.1 no such user"
        if address.startswith("later@") and self.first(address):
            return "451 4.7.1 greylisted, come back later"
        if address.startswith("silent@"):
            await asyncio.sleep(3600)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        to = envelope.rcpt_tos[0]
        message = message_from_bytes(envelope.content, policy=policy.default)
        body = message.get_body(("plain",)).get_content()
        if to.startswith("quoting@"):
            return "550 5.7.1 refused: " + " ".join(body.split())[:400].encode("ascii", "replace").decode()
        print(
            json.dumps(
                {
                    "recipients": envelope.rcpt_tos,
                    "headers": [[name.lower(), str(value)] for name, value in message.items()],
                    "body": body,
                    "raw": envelope.content.decode("utf-8", "replace"),
                    "connection": f"{session.peer}",
                }
            ),
            flush=True,
        )
        if to.startswith("lost@") and self.first(to):
            server.transport.abort()
        return "250 OK"


async def main(port):
    loop = asyncio.get_running_loop()
    handler = Handler()
    server = await loop.create_server(lambda: SMTP(handler, hostname="mail.test"), "127.0.0.1", port)
    print(server.sockets[0].getsockname()[1], flush=True)
    # However the test ends, its end of the pipe closes.
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


asyncio.run(main(int(sys.argv[1])))
