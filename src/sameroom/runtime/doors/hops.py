"""Whose address is it? Only what AWS added to X-Forwarded-For can be believed, counted from the right.

A client may send an X-Forwarded-For of its own; each proxy appends the peer it saw. So the last entry
is the peer of the AWS door, the one before it the peer of a proxy of yours in front of that, and so on.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html
"""

from __future__ import annotations


def client(source_ip: str, forwarded_for: str, hops: int) -> str:
    """The client's IP address, or "" where nobody vouches for one.

    :param source_ip: what the door says of its own peer; "" for doors that do not say (ALB, Lattice).
    :param forwarded_for: X-Forwarded-For as it arrived, "" if none.
    :param hops: trusted proxies in front of the door.
    """
    if source_ip and not hops:
        return source_ip
    chain = [_without_port(entry.strip()) for entry in forwarded_for.split(",") if entry.strip()]
    if len(chain) > hops:
        return chain[-1 - hops]
    # Fewer hops than promised: the request came around the proxies, so believe the door alone.
    return source_ip or (chain[-1] if chain else "")


def _without_port(entry: str) -> str:
    """ALB can append the client's port: "203.0.113.7:1234", "[2001:db8::7]:1234"."""
    if entry.startswith("["):
        return entry[1:].partition("]")[0]
    return entry.partition(":")[0] if entry.count(":") == 1 else entry
