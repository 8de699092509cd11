"""Which distribution brings a module, where the two have different names; and modules that Python lost."""

from __future__ import annotations

#: Import name -> the distribution that usually brings it, of those that people trip over.
DISTRIBUTIONS = {
    "Crypto": "pycryptodome",
    "MySQLdb": "mysqlclient",
    "OpenSSL": "pyOpenSSL",
    "PIL": "pillow",
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python-headless",
    "dateutil": "python-dateutil",
    "docx": "python-docx",
    "dotenv": "python-dotenv",
    "fitz": "PyMuPDF",
    "git": "GitPython",
    "jose": "python-jose",
    "jwt": "PyJWT",
    "ldap": "python-ldap",
    "magic": "python-magic",
    "multipart": "python-multipart",
    "nacl": "PyNaCl",
    "pkg_resources": "setuptools",
    "pptx": "python-pptx",
    "psycopg2": "psycopg2-binary",
    "psycopg_binary": "psycopg[binary]",
    "pymysql": "PyMySQL",
    "pythonjsonlogger": "python-json-logger",
    "ruamel": "ruamel.yaml",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "slugify": "python-slugify",
    "socks": "PySocks",
    "usb": "pyusb",
    "yaml": "PyYAML",
    "zmq": "pyzmq",
}

#: Left the standard library -> since which Python, and the distribution that has it still, "" for none.
#: https://peps.python.org/pep-0594/, docs.python.org/3/whatsnew/3.12.html#removed, .../3.13.html
GONE = {
    "asynchat": ((3, 12), "standard-asynchat"),
    "asyncore": ((3, 12), "standard-asyncore"),
    "distutils": ((3, 12), "setuptools"),
    "imp": ((3, 12), ""),
    "smtpd": ((3, 12), ""),
    "aifc": ((3, 13), "standard-aifc"),
    "audioop": ((3, 13), "audioop-lts"),
    "cgi": ((3, 13), "legacy-cgi"),
    "cgitb": ((3, 13), "legacy-cgi"),
    "chunk": ((3, 13), "standard-chunk"),
    "crypt": ((3, 13), ""),
    "imghdr": ((3, 13), "standard-imghdr"),
    "lib2to3": ((3, 13), ""),
    "mailcap": ((3, 13), ""),
    "nis": ((3, 13), ""),
    "nntplib": ((3, 13), "standard-nntplib"),
    "pipes": ((3, 13), "standard-pipes"),
    "sndhdr": ((3, 13), "standard-sndhdr"),
    "spwd": ((3, 13), ""),
    "sunau": ((3, 13), "standard-sunau"),
    "telnetlib": ((3, 13), "standard-telnetlib"),
    "uu": ((3, 13), "standard-uu"),
    "xdrlib": ((3, 13), "standard-xdrlib"),
}

#: Parts of the standard library that Lambda's Python has and a Python built by hand may lack.
NATIVE_OF_PYTHON = frozenset({"_bz2", "_ctypes", "_hashlib", "_lzma", "_sqlite3", "_ssl", "_uuid", "_zstd"})
