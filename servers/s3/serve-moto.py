"""Runs services of moto, with connections that stay open; takes the port to listen on, and their names."""

import io
import sys
import time

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3.models import FakeKey
from werkzeug.serving import WSGIRequestHandler, run_simple


def value_of(key):
    return key._value_buffer.getvalue()


def set_value(key, value):
    content = value.encode() if isinstance(value, str) else bytes(value)
    key._value_buffer = io.BytesIO(content)  # shares the bytes, as getvalue does
    key.contentsize = len(content)


# Moto copies all of an object, from a file, for each range of it that is asked for.
FakeKey.value = property(value_of, set_value)


def is_kept(self, queue_name, message):
    return self.get_queue(queue_name).message_retention_period + message.sent_timestamp / 1000 > time.time()


class Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, *_arguments):
        pass



_, port, *services = sys.argv
if "sqs" in services:
    from moto.sqs.models import SQSBackend

    # Moto counts all messages of a queue, again and again, for each that is received.
    SQSBackend.is_message_valid_based_on_retention_period = is_kept
# Of several, the scope of a request's signature says which one it is for.
app = create_backend_app(services[0]) if len(services) == 1 else DomainDispatcherApplication(create_backend_app)
run_simple("127.0.0.1", int(port), app, threaded=True, request_handler=Handler)
