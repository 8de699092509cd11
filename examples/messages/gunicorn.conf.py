"""gunicorn reads this by itself when started here: ``gunicorn wsgi:handler``."""

import os
from pathlib import Path

# Inside a container this is 0.0.0.0:8080; nothing is opened to the network by accident outside of one.
bind = os.environ.get("BIND", "127.0.0.1:8080")
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 8
# Longer than a load balancer's idle timeout (ALB: 60 s), or it would reuse a connection that we close.
keepalive = 75
# Docker's default /dev/shm is memory; heartbeats on a disk can block a worker.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108
logconfig = str(Path(__file__).with_name("logging.conf"))
accesslog = "-"
