#!/usr/bin/env python3
"""Verifies a Chancery log without Chancery code: with hashlib of Python, and with openssl for the signature.

    python3 docs/verify_log.py FOLDER-OR-URL VERIFIER-KEY

The folder or URL has the files of the log (.chancery/log, https://archive.example/log). Computes the root from the
entries alone (RFC 6962) and compares it with the signed root. Does not read tiles, because entries are enough.
"""
import base64, hashlib, os, subprocess, sys, tempfile, urllib.request


def read(path):
    if location.startswith("http"):
        with urllib.request.urlopen(f"{location}/{path}") as response:
            return response.read()
    with open(os.path.join(location, path), "rb") as file:
        return file.read()


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def verify_signature(text, signatures, vkey):
    name, key_id, key = vkey.strip().split("+", 2)
    kind, public = base64.b64decode(key)[:1], base64.b64decode(key)[1:]
    assert kind == b"\x01" and sha256(name.encode(), b"\n", kind, public)[:4].hex() == key_id, "not an Ed25519 verifier key"
    for line in signatures.splitlines():
        dash, signer, blob = line.split(" ")
        blob = base64.b64decode(blob)
        if dash == "—" and signer == name and blob[:4].hex() == key_id:
            with tempfile.TemporaryDirectory() as folder:
                files = {"key": bytes.fromhex("302a300506032b6570032100") + public, "text": text.encode(), "sig": blob[4:]}
                for file, content in files.items():
                    with open(os.path.join(folder, file), "wb") as out:
                        out.write(content)
                subprocess.run(
                    ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "key", "-rawin", "-in", "text", "-sigfile", "sig"],
                    cwd=folder, check=True, stdout=subprocess.DEVNULL)
            return name
    sys.exit(f"{name}+{key_id} did not sign the checkpoint")


def bundle_path(number, width):
    digits = f"{number:03d}" if number < 1000 else f"{number:0{-(-len(str(number)) // 3) * 3}d}"
    groups = [digits[at:at + 3] for at in range(0, len(digits), 3)]
    return "tile/entries/" + "/".join(["x" + group for group in groups[:-1]] + groups[-1:]) + (f".p/{width}" if width < 256 else "")


location, vkey = sys.argv[1].rstrip("/"), sys.argv[2]
text, signatures = read("checkpoint").decode().rsplit("\n\n", 1)
text += "\n"
name = verify_signature(text, signatures, vkey)
origin, size, root = text.split("\n")[:3]
assert origin == name, f"the checkpoint is of {origin}"

peaks = []  # perfect trees of the entries so far: (number of leaves, hash), the largest first
for first in range(0, int(size), 256):
    width = min(256, int(size) - first)
    packed, at, found = read(bundle_path(first // 256, width)), 0, 0
    while at < len(packed):
        end = at + 2 + int.from_bytes(packed[at:at + 2], "big")
        leaves, node = 1, sha256(b"\x00", packed[at + 2:end])
        while peaks and peaks[-1][0] == leaves:
            leaves, node = 2 * leaves, sha256(b"\x01", peaks.pop()[1], node)
        peaks.append((leaves, node))
        at, found = end, found + 1
    assert found == width, f"the entries from {first} on are {found} instead of {width}"
computed = sha256() if not peaks else peaks.pop()[1]
while peaks:
    computed = sha256(b"\x01", peaks.pop()[1], computed)
assert base64.b64encode(computed).decode() == root, "the entries are not those that were signed"
print(f"verified: {size} entries of {origin}, root {root}")
