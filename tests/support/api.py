"""A client of Odoo's JSON-2 API, with the key of one user."""

import requests


class Refused(Exception):
    """The server refused a call.

    :param str kind: the class of the exception there, as ``AccessError``
    """

    def __init__(self, kind, sentence):
        super().__init__(f"{kind}: {sentence}")
        self.kind = kind
        self.sentence = sentence


class Api:
    """Calls public methods as one user."""

    def __init__(self, url, key):
        self.url = url
        self._session = requests.Session()
        # A proxy of the environment is not for loopback.
        self._session.trust_env = False
        self._session.headers["Authorization"] = f"Bearer {key}"

    def call(self, model, method, ids=(), **arguments):
        """What a method returns; raises ``Refused``."""
        if ids:
            arguments["ids"] = list(ids)
        answer = self._session.post(
            f"{self.url}/json/2/{model}/{method}", json=arguments, timeout=60
        )
        if answer.ok:
            return answer.json()
        try:
            error = answer.json()
        except ValueError:
            raise Refused(str(answer.status_code), answer.text[:500]) from None
        raise Refused(error["name"].rpartition(".")[2], error["message"])

    def read(self, model, ids, *fields):
        """Values of one or more records: a dictionary, or a list of them."""
        one = isinstance(ids, int)
        rows = self.call(
            model, "read", [ids] if one else ids, fields=list(fields), load=None
        )
        return rows[0] if one else rows

    def search(self, model, domain, **options):
        return self.call(model, "search", domain=domain, **options)
