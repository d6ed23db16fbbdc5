"""Encrypts a plain SQLite file page by page as SQLCipher 4 keeps it, without a detour by rows.

Form of a page (https://www.zetetic.net/sqlcipher/design/): 4,016 bytes of content under
AES-256-CBC, its random initialisation vector (16), HMAC-SHA512 of both and of the page's number
(64). The first page begins with the salt where SQLite has its name. SQLCipher checks every page
when it reads it; a test lets it check a whole file. Pure but for randomness; any thread.
"""

import os
from hashlib import pbkdf2_hmac

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.hmac import HMAC

from sync.records import FILE_PAGE_BYTES, FILE_RESERVED_BYTES

_CONTENT_BYTES = FILE_PAGE_BYTES - FILE_RESERVED_BYTES
_SALT_BYTES = _IV_BYTES = 16
_SALT_MASK, _HMAC_ROUNDS, _HMAC_KEY_BYTES = 0x3A, 2, 32
_NAME = b"SQLite format 3\0"


def is_plain_file(first: bytes, length: int) -> bool:
    """Tell whether a file of ``length`` bytes, beginning with ``first``, has room for encryption.

    Args:
        first: At least 100 bytes.
        length: Of the whole file, in bytes.
    """
    pages = int.from_bytes(first[28:32], "big")
    return (
        first.startswith(_NAME)
        and int.from_bytes(first[16:18], "big") == FILE_PAGE_BYTES
        and first[20] == FILE_RESERVED_BYTES
        and pages * FILE_PAGE_BYTES == length
    )


class PageCipher:
    """Encrypts the pages of one new file, in their order."""

    def __init__(self, key: str) -> None:
        """Begin a file with a salt of its own.

        Args:
            key: 64 hexadecimal digits, as SQLCipher gets it.
        """
        self._aes = algorithms.AES(bytes.fromhex(key))
        self._salt = os.urandom(_SALT_BYTES)
        hmac_salt = bytes(byte ^ _SALT_MASK for byte in self._salt)
        hmac_key = pbkdf2_hmac(
            "sha512", bytes.fromhex(key), hmac_salt, _HMAC_ROUNDS, _HMAC_KEY_BYTES
        )
        self._hmac = HMAC(hmac_key, SHA512())
        self._number = 0

    def encrypt(self, plain: bytes) -> bytes:
        """Encrypt the pages that follow those of the call before.

        Args:
            plain: Whole pages with free room at the end of each.
        """
        pages = memoryview(plain)
        count = len(plain) // FILE_PAGE_BYTES
        ivs = os.urandom(count * _IV_BYTES)
        parts: list[bytes] = []
        for page in range(count):
            begins = page * FILE_PAGE_BYTES
            content = pages[begins : begins + _CONTENT_BYTES]
            iv = ivs[page * _IV_BYTES : (page + 1) * _IV_BYTES]
            if not self._number:
                parts.append(self._salt)
                content = content[_SALT_BYTES:]
            self._number += 1
            parts += self._page(content, iv)
        return b"".join(parts)

    def _page(self, content: memoryview, iv: bytes) -> tuple[bytes, bytes]:
        hidden = Cipher(self._aes, modes.CBC(iv)).encryptor().update(content) + iv
        tag = self._hmac.copy()
        tag.update(hidden)
        tag.update(self._number.to_bytes(4, "little"))
        return hidden, tag.finalize()
